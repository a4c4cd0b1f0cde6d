/** What Azure hands to a virtual machine and shows to nobody else: its custom data, by the machine's resource id. */
export class Machines {
  readonly #customData = new Map<string, string>();

  /** `customData` in base64, as the template has it; undefined for a machine without. */
  provision(resourceId: string, customData: string | undefined): void {
    if (customData === undefined) this.#customData.delete(resourceId.toLowerCase());
    else this.#customData.set(resourceId.toLowerCase(), customData);
  }

  /** In base64. On the machine itself: `/var/lib/waagent/CustomData`, and what cloud-init reads. */
  customDataOf(resourceId: string): string | undefined {
    return this.#customData.get(resourceId.toLowerCase());
  }

  remove(resourceId: string): void {
    this.#customData.delete(resourceId.toLowerCase());
  }
}
