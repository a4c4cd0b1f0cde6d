/** Numbers of the tokens in an answer [MS-TDS 2.2.7]. */
export const token = {
  returnStatus: 0x79,
  columnMetadata: 0x81,
  error: 0xaa,
  info: 0xab,
  returnValue: 0xac,
  loginAcknowledgement: 0xad,
  featureAcknowledgement: 0xae,
  row: 0xd1,
  environmentChange: 0xe3,
  federatedAuthenticationInfo: 0xee,
  done: 0xfd,
  doneProcedure: 0xfe,
  doneInProcedure: 0xff,
} as const;
