import type { MemberRecord, RecordedMember } from '../../src/balancers/balancer.ts'

/** A record that outlives the balancer it is given to, though not the test. */
export function createRecord(): MemberRecord {
  const members = new Map<string, RecordedMember>()
  return {
    all: () => Promise.resolve([...members.values()]),
    async put(member) {
      members.set(member.url, member)
      await Promise.resolve()
    },
    async forget(url) {
      members.delete(url)
      await Promise.resolve()
    },
  }
}
