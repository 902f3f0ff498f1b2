import { accountRoutes } from './account-routes.ts'
import { balancerRoutes } from './balancer-routes.ts'
import { dropletActionRoutes } from './droplet-action-routes.ts'
import { dropletRoutes } from './droplet-routes.ts'
import { firewallRoutes } from './firewall-routes.ts'
import { imageRoutes } from './image-routes.ts'
import { metricRoutes } from './metric-routes.ts'
import { projectRoutes } from './project-routes.ts'
import { reservedIpRoutes } from './reserved-ip-routes.ts'
import type { Route } from './route.ts'
import { tagRoutes } from './tag-routes.ts'
import { vpcRoutes } from './vpc-routes.ts'

/** Every operation the stand-in answers. */
export const routes: readonly Route[] = [
  ...accountRoutes,
  ...dropletRoutes,
  ...dropletActionRoutes,
  ...imageRoutes,
  ...tagRoutes,
  ...vpcRoutes,
  ...firewallRoutes,
  ...projectRoutes,
  ...balancerRoutes,
  ...metricRoutes,
  ...reservedIpRoutes,
]
