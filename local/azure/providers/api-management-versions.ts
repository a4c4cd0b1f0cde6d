/** Source: https://learn.microsoft.com/azure/templates/microsoft.apimanagement/change-log/summary */
export const apiManagementVersions = [
  '2024-05-01',
  '2023-09-01-preview',
  '2022-08-01',
  '2021-08-01',
  '2020-12-01',
  '2019-12-01',
  '2019-01-01',
];
