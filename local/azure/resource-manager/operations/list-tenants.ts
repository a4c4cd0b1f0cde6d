import type { Operation } from '../arm-context.ts';

/** Source: https://learn.microsoft.com/rest/api/resources/tenants/list */
export const listTenants: Operation = ({ directory: { tenantId } }) => ({
  status: 200,
  body: { value: [{ id: `/tenants/${tenantId}`, tenantId, tenantCategory: 'Home' }] },
});
