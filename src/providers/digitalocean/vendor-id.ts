/** A droplet's, image's or action's id as DigitalOcean's number; null when it cannot be one, so that nothing has it. */
export function vendorId(id: string): number | null {
  const number = Number(id)
  return /^[1-9]\d{0,15}$/.test(id) && Number.isSafeInteger(number) ? number : null
}
