/** Newest first. Source: https://learn.microsoft.com/azure/templates/microsoft.servicebus/namespaces */
export const SERVICE_BUS_API_VERSIONS = [
  '2024-01-01',
  '2022-10-01-preview',
  '2022-01-01-preview',
  '2021-11-01',
  '2021-06-01-preview',
  '2021-01-01-preview',
  '2018-01-01-preview',
  '2017-04-01',
  '2015-08-01',
  '2014-09-01',
];

/** Source: https://learn.microsoft.com/azure/templates/microsoft.eventhub/namespaces */
export const EVENT_HUB_API_VERSIONS = [
  '2024-01-01',
  '2023-01-01-preview',
  '2022-10-01-preview',
  '2022-01-01-preview',
  '2021-11-01',
  '2021-06-01-preview',
  '2021-01-01-preview',
  '2018-01-01-preview',
  '2017-04-01',
  '2015-08-01',
  '2014-09-01',
];
