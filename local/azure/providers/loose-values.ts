// Flags and numbers as Json.NET reads them for Microsoft.ServiceBus, Microsoft.EventHub, Microsoft.Sql and Microsoft.Web:
// from text as well.
// Azure-Samples and Azure/azure-quickstart-templates have `"maxSizeInMegabytes": "1024"` and `"enablePartitioning": "false"`.
import { type Properties, readBoolean, readNumber } from './read-property.ts';

/** As `readBoolean`; 'true' and 'false' in any case count. */
export function readFlag(from: Properties | undefined, name: string): boolean | undefined {
  const value = from?.[name];
  const isText = typeof value === 'string' && /^(true|false)$/i.test(value.trim());
  return isText ? value.trim().toLowerCase() === 'true' : readBoolean(from, name);
}

/** As `readNumber`; digits in text count. */
export function readWhole(from: Properties | undefined, name: string): number | undefined {
  const value = from?.[name];
  const isText = typeof value === 'string' && /^\s*-?\d+\s*$/.test(value);
  return isText ? Number(value) : readNumber(from, name);
}

/** As `readNumber`; a decimal number in text counts: `minCapacity: '0.5'`. */
export function readNumeric(from: Properties | undefined, name: string): number | undefined {
  const value = from?.[name];
  const isText = typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value.trim());
  return isText ? Number(value) : readNumber(from, name);
}
