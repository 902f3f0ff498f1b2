/**
 * Makes a stand-in a process of its own with an IPC channel: it sends what its parent has to know, does what it is
 * asked, and ends when asked to or when they are gone.
 */
export async function serveOrders<Order>(options: {
  readonly ready: object
  readonly perform: (order: Order) => Promise<unknown>
  readonly stop: () => Promise<unknown>
}): Promise<void> {
  let stopping = false
  const stop = async (): Promise<void> => {
    if (stopping) return
    stopping = true
    await options.stop()
    process.exit(0)
  }
  process.on('SIGTERM', () => void stop())
  process.on('disconnect', () => void stop())
  process.on('message', ({ id, order }: { readonly id: number; readonly order: Order }) => {
    options.perform(order).then(
      (answer) => process.send?.({ id, answer: answer ?? null }),
      (error: unknown) => process.send?.({ id, error: error instanceof Error ? error.message : String(error) }),
    )
  })
  process.send?.(options.ready)
  // The parent may be gone already.
  if (!process.connected) await stop()
}
