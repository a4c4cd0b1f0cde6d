import { STORAGE_SCOPE } from '../../../shared/blobs.ts';
import { CHECKPOINT_BLOB } from '../../../shared/scan/checkpoint.ts';
import type { Services } from '../../../shared/services.ts';
import { sendRaw } from '../../support/open-door.ts';

/** Deletes the checkpoint, by the app's own right to. */
export async function forgetState({ settings, credential }: Services): Promise<void> {
  const { SCAN_STATE_CONTAINER_URL: container } = settings.need('SCAN_STATE_CONTAINER_URL');
  const { token } = await credential.getToken(STORAGE_SCOPE);
  const { status, body } = await sendRaw(
    container.host,
    `${container.pathname}/${CHECKPOINT_BLOB}`,
    {
      method: 'DELETE',
      headers: { authorization: `Bearer ${token}`, 'x-ms-version': '2025-11-05' },
    },
  );
  if (status !== 202 && status !== 404) throw new Error(`DELETE: ${status} ${body}`);
}
