/** Of a site, its slots and their settings. Source: https://learn.microsoft.com/azure/templates/microsoft.web/sites */
export const siteApiVersions = [
  '2025-03-01',
  '2024-11-01',
  '2024-04-01',
  '2023-12-01',
  '2022-09-01',
  '2021-02-01',
  '2016-08-01',
];
