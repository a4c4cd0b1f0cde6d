/** Feature extensions that mean something here [MS-TDS 2.2.6.4]; a client's others are not acknowledged, so not used. */
export const feature = { federatedAuthentication: 0x02, utf8: 0x0a, terminator: 0xff } as const;
