import type { Asker } from '../../core/model/place.ts'
import type { View } from '../../core/model/view.ts'
import type { Services } from '../services.ts'

/** Begins a check-up, which is told on its own card; or takes the press of such a card's button. */
export async function doctor(services: Services, press: string | undefined, asker: Asker): Promise<readonly View[]> {
  if (press !== undefined) return services.doctor.press(services, press, asker)
  await services.doctor.begin(services, asker)
  return []
}
