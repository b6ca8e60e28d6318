/** Every bound of this room, with its reason. An upstream is somebody else's program: nothing it sends is unlimited. */
export const upstreamLimits = {
  /** What the TypeScript SDK's clients wait by default: a tool that is slower was built for another transport. */
  callTimeoutMs: 60_000,
  /** From spawn to the first answer. Python servers were measured at 4 s on an idle machine. */
  startTimeoutMs: 60_000,
  /** A legacy server may stay silent about `server/discover`; this long, and `initialize` is tried. */
  probeTimeoutMs: 10_000,
  connectTimeoutMs: 10_000,
  /** All pages of one listing together. */
  listTimeoutMs: 30_000,
  /** A server can be upgraded under its URL: older than this, the verdict on its era is asked for again. */
  eraExpiryMs: 3_600_000,

  restartDelayMinMs: 250,
  restartDelayMaxMs: 30_000,
  /** Up for this long, and the next restart starts again at the shortest delay. */
  settledAfterMs: 30_000,

  /** One message: far above any result that the policy lets through, far below what hurts the process. */
  messageBytesMax: 16_777_216,
  messageDepthMax: 128,
  /** Unfinished answers of one HTTP upstream together: four of the longest. */
  answersHeldBytesMax: 67_108_864,
  /** One response stream, its progress notifications included. */
  streamBytesMax: 67_108_864,
  /** What a message counts for at the least where bytes are counted: reading a million tiny ones takes seconds. */
  messageCostBytes: 256,
  /** What a process may write within a minute that answers nothing: more is a flood, and the process is ended. */
  unaskedBytesMax: 67_108_864,
  unaskedWindowMs: 60_000,
  /** An event of a stream that only says that a list has changed. */
  noticeBytesMax: 262_144,
  /** Unread bytes towards a child that doesn't read: more calls would only fill our memory. */
  stdinBacklogBytesMax: 33_554_432,
  /** Calls in flight at one upstream. */
  callsInFlightMax: 1_000,
  /** Sockets to one HTTP upstream; further calls wait for one within their time-out. */
  connectionsMax: 32,
  /** Shorter than the 5 s after which Node servers close an idle socket: a call must not race that close. */
  keepAliveMs: 4_000,
  /** `Retry-After` beyond this is a mistake or malice: nobody may close a tool for a day with one header. */
  retryAfterMaxMs: 3_600_000,

  toolsMax: 10_000,
  pagesMax: 1_000,
  catalogBytesMax: 33_554_432,
  cursorCharactersMax: 4_096,
  operationCharactersMax: 256,

  /** Enough for the end of a stack trace: a runtime's very last line is often its version. */
  stderrBytesKept: 65_536,
  stderrLinesKept: 5,
  stderrLineCharactersMax: 300,
  /** Text of an upstream's error that is kept: enough to understand it, too little to carry a payload far. */
  errorCharactersMax: 2_000,

  /** Between closing a child's stdin and SIGTERM, and between SIGTERM and SIGKILL. */
  stopGraceMs: 2_000,

  catalogRefreshMs: 300_000,
  /** `list_changed` may come in bursts; one listing answers them all. */
  catalogSettleMs: 200,
  /** A server that says "changed" without end is listed no more often than this. */
  catalogRefreshMinMs: 1_000,
} as const;
