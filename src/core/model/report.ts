/**
 * The wire format between an agent and `POST /v1/samples` (JSON, gzip allowed).
 * Header `authorization: Bearer <member key>`. Delivered in order; `seq` is the number of the first sample and
 * grows by one per sample for the life of `boot`, so the receiver can refuse replays.
 */
export interface ReportBody {
  readonly pool: string
  readonly member: string
  /** Random id of this run of the agent; a new one may start again at seq 0. */
  readonly boot: string
  readonly seq: number
  /** The host's clock when sending, epoch ms; samples are stamped by the same clock, so its error can be taken out. */
  readonly sentAt: number
  /** The agent's present sampling period, ms (dynamic dormancy). */
  readonly periodMs: number
  /** How many samples were dropped from the buffer since the last accepted report. */
  readonly dropped: number
  /** The agent's version; null is from before versions were reported. */
  readonly version?: string | undefined
  /** What the host calls itself and where it is, for people: `shop (203.0.113.7)`. */
  readonly host?: string | undefined
  /** What goes wrong there without keeping reports back, in words: at most MAX_NOTES, for the doctor. */
  readonly notes?: readonly string[] | undefined
  readonly samples: readonly ReportSample[]
}

export interface ReportSample {
  readonly at: number
  readonly stats: Readonly<Record<string, number>>
  /** What programs reported in words since the sample before; absent: nothing. */
  readonly texts?: Texts | undefined
}

/** How often each text was reported, by the name it was reported under; '' stands for the rest where there are too many. */
export type Texts = Readonly<Record<string, Readonly<Record<string, number>>>>

/** Names of texts in a sample, different texts of one name in it, and characters of a text. */
export const MAX_TEXT_NAMES = 16
export const MAX_TEXTS = 200
const MAX_TEXT_LENGTH = 80

/** A text as it is counted: one line, without what cannot be seen, cut; '' where nothing is left. */
export function countedText(text: string): string {
  return text
    .slice(0, 4 * MAX_TEXT_LENGTH)
    .normalize('NFC')
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, MAX_TEXT_LENGTH)
    .trim()
}

/** 200 answer. `accepted` counts samples stored; the agent forgets everything up to `nextSeq`. */
export interface ReportAnswer {
  readonly accepted: number
  readonly nextSeq: number
  /** Values that were left out of the samples stored; absent: none. */
  readonly refused?: readonly RefusedStat[]
}

/** A stat whose value was not taken: the newest of the report, and why. */
export interface RefusedStat {
  readonly stat: string
  readonly why: string
}

/** A report is answered with at most so many `refused`. */
export const MAX_REFUSED = 10

/** `POST /v1/enroll`: a one-time enrolment key, or the key that a clone was given, against a key of the member's own. */
export interface EnrolBody {
  readonly key: string
  /** What the host calls itself: droplet id or name. */
  readonly host: string
  /**
   * The 32 secret characters (`A-Z a-z 0-9 _ -`) of the own key: with them, an exchange whose answer was lost can be
   * made again. Absent: the bot's choice.
   */
  readonly random?: string | undefined
}

/** What an agent needs to report: kept by it in its config file, mode 0600. */
export interface AgentIdentity {
  /** The bot's base URL. */
  readonly url: string
  readonly pool: string
  readonly member: string
  readonly key: string
}

/** Largest accepted report body after decompression, bytes, and most samples in one. */
export const MAX_REPORT_BYTES = 256 * 1024
export const MAX_REPORT_SAMPLES = 600
export const MAX_NOTES = 8
export const MAX_NOTE_LENGTH = 240
/** A sample older than this is refused, and one further ahead than the skew, by Redis' clock. */
export const MAX_SAMPLE_AGE_MS = 6 * 3_600_000
export const MAX_CLOCK_SKEW_MS = 30_000
/** A host's clock may be so wrong before its samples are put right by the difference; less may be the way to the bot. */
export const CLOCK_TOLERANCE_MS = 5_000
