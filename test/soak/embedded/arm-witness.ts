// What ARM lists, cut into small pages in changing order, and in changing case of letters.
import type { Chronicle } from '../chronicle.ts';
import type { History } from '../history.ts';
import { PageLayout } from '../page-layout.ts';
import type { Witness } from './witness-door.ts';

const PAGE = 'soak-page';

interface ListedBody {
  readonly id: string;
  readonly createdTime: string;
}

export function createArmWitness(options: {
  readonly chronicle: Chronicle;
  readonly history: Pick<History, 'pageSize' | 'disorder'>;
  readonly random: () => number;
  readonly nowMs: () => number;
  /** Other resources are left out. */
  readonly isOurs: (id: string) => boolean;
}): Witness {
  const { chronicle, history, random, nowMs, isOurs } = options;
  const layout = new PageLayout({ ...history, random });
  const isList = (target: string) => /\/resources\?/i.test(target);
  return {
    // The list behind is whole, so it is asked for from its beginning each time.
    redirect: (_, target) => (isList(target) ? withoutPage(target) : undefined),
    saw({ method, target, status, body }) {
      if (method !== 'GET' || status !== 200 || !isList(target)) return undefined;
      const { value } = JSON.parse(body.toString()) as { readonly value: readonly ListedBody[] };
      const listed = value
        .filter(({ id }) => isOurs(id))
        .map((resource) => {
          const createdMs = Date.parse(resource.createdTime);
          const key = `${resource.id.toLowerCase()}|${new Date(createdMs).toISOString()}`;
          return { resource, key, steadyFromMs: createdMs + chronicle.overlapMs };
        });
      const page = new URL(target, 'https://management.azure.com').searchParams.get(PAGE);
      const turned = layout.turn(listed, nowMs(), page ?? undefined);
      if (!turned) return 400;
      const shown = {
        value: turned.items.map(({ resource }) => inOtherCase(resource, random())),
        ...(turned.next && {
          nextLink: `https://management.azure.com${withoutPage(target)}&${PAGE}=${turned.next}`,
        }),
      };
      return Buffer.from(JSON.stringify(shown));
    },
  };
}

function withoutPage(target: string): string {
  return target.replace(new RegExp(`&${PAGE}=[^&]*`), '');
}

function inOtherCase<T extends ListedBody>(resource: T, dice: number): T {
  if (dice < 0.1) return { ...resource, id: resource.id.toUpperCase() };
  return dice < 0.2 ? { ...resource, id: resource.id.toLowerCase() } : resource;
}
