/** `East US` → `eastus`, as ARM stores it. */
export function toLocationName(location: string): string {
  return location.replaceAll(' ', '').toLowerCase();
}
