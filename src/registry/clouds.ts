// A line for each cloud: its folder's record. Its code loads only when it is used.
export { entry as digitalocean } from '../providers/digitalocean/entry.ts'
