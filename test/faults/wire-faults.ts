import type { Fault } from '../../local/azure/faults/fault.ts';

type WireFault = Extract<Fault, { kind: 'cutRequest' | 'cutResponse' }>;

/** W: the 13 of Azure's http-fault-injector (https://github.com/Azure/azure-sdk-tools/tree/main/tools/http-fault-injector). */
export const wireFaults: readonly WireFault[] = [
  ...(['cutRequest', 'cutResponse'] as const).flatMap((kind) =>
    ([0, 50] as const).flatMap((atPercent) =>
      (['silence', 'fin', 'rst'] as const).map((afterwards) => ({ kind, atPercent, afterwards })),
    ),
  ),
  { kind: 'cutResponse', atPercent: 50, afterwards: 'end' },
];

/** Nobody says that nothing more will come. */
export function isSilent({ afterwards }: WireFault): boolean {
  return afterwards === 'silence';
}

export function nameOf({ kind, atPercent, afterwards }: WireFault): string {
  const what = kind === 'cutRequest' ? 'request' : 'response';
  return `${what} cut at ${atPercent} %, then ${afterwards}`;
}
