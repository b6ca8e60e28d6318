/** The bounds of the console: one place, each with its reason. */
export const consoleLimits = {
  /** A working day; then a person signs in again. */
  sessionMs: 43_200_000,
  /** Without a request, and without a page of the console that is open. */
  sessionIdleMs: 3_600_000,
  /** How exactly a restart knows when a session was last used. */
  sessionSeenEveryMs: 300_000,
  sessionsMax: 1_000,
  /** Of one person; the one that was unused for longest makes room. */
  sessionsOfOneMax: 16,
  sweepEveryMs: 60_000,
  /** Failed attempts to sign in from one address, and from all. A token can't be guessed: whoever tries is told to stop. */
  signInFailuresOfOneMax: 10,
  signInFailuresMax: 300,
  signInWindowMs: 60_000,
  /** Addresses told apart; all others share what one may. */
  signInAddressesMax: 1_024,
  /** An edit carries a call's arguments (1 MiB), and escapes make them longer. */
  bodyBytesMax: 4_194_304,
  /** Of a request that carries no session yet. */
  signInBytesMax: 4_096,
  pageRowsMax: 200,
  pageRowsDefault: 100,
  /** Events that one request looks through when no column finds what it asks for. */
  searchEventsMax: 200_000,
  /** And for how long: whoever asked goes on from there. */
  searchMs: 1_000,
  /** Events looked through at a time; calls go on between two of these. */
  searchStepEvents: 2_048,
  /** Events read at a time: each is checked as it is read. */
  searchStepRows: 128,
  /** Further from the order of their numbers no two events' times are. */
  timeSlackMs: 600_000,
  searchesAtOnce: 16,
  /** Of one person: a few pages that are open. */
  searchesOfOneMax: 6,
  exportsAtOnce: 4,
  /** One may be read as slowly as a person likes: the others are not to wait for it. */
  exportsOfOneMax: 2,
  /** Whoever reads an export no faster than this has left. */
  exportStallMs: 60_000,
  runsShown: 200,
  alertsShown: 100,
  alertsMs: 86_400_000,
  streamsOfSessionMax: 16,
  streamsMax: 512,
  /** What one open console leaves unread; more than that and it begins anew. */
  streamUnreadBytesMax: 262_144,
  /** An open console that reads nothing at all. */
  streamStallMs: 60_000,
  streamHeartbeatMs: 15_000,
  /** Events other than holds are told together. */
  streamEveryMs: 100,
  /** Of more at a time, calls are left out and consoles look anew. */
  streamEventsMax: 200,
  /** Looking anew costs us as much as many events: no more often than this. */
  streamHelloEveryMs: 2_000,
  /** A payload that is longer is named by its length. */
  payloadShownBytesMax: 1_048_576,
  reasonCharactersMax: 1_000,
  /** Built files, all of them in memory. */
  filesMax: 256,
  fileBytesMax: 4_194_304,
} as const;
