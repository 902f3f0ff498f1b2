import { accountRoutes } from './account-routes.ts'
import { balancerRoutes } from './balancer-routes.ts'
import { dropletActionRoutes } from './droplet-action-routes.ts'
import { dropletRoutes } from './droplet-routes.ts'
import { groupingRoutes } from './grouping-routes.ts'
import { imageRoutes } from './image-routes.ts'
import type { Route } from './route.ts'

/** What Spinup asks of DigitalOcean: the stand-in answers that, and nothing else. */
export const routes: readonly Route[] = [
  ...accountRoutes,
  ...dropletRoutes,
  ...dropletActionRoutes,
  ...imageRoutes,
  ...groupingRoutes,
  ...balancerRoutes,
]
