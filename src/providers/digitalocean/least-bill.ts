import type { LeastBill } from '../../core/model/billing.ts'

/** Droplets are billed by the second, but 60 s and $0.01 at least. */
export const LEAST_BILL: LeastBill = { ms: 60_000, dollars: 0.01 }
