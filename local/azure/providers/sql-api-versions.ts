/** Source: https://learn.microsoft.com/azure/templates/microsoft.sql/servers */
export const SQL_API_VERSIONS = [
  '2025-01-01',
  '2024-11-01-preview',
  '2024-05-01-preview',
  '2023-08-01',
  '2023-08-01-preview',
  '2023-05-01-preview',
  '2022-05-01-preview',
  '2021-11-01',
  '2021-02-01-preview',
  '2020-11-01-preview',
  '2019-06-01-preview',
  '2015-05-01-preview',
  '2014-04-01',
] as const;
