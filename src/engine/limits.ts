/** The bounds that no policy sets, each with its reason. `explain` prints them all. */
export const limits: {
  readonly argumentBytesMax: number;
  readonly argumentDepthMax: number;
  readonly argumentValuesMax: number;
  readonly runCallsMax: number;
  readonly loopMemory: number;
  readonly usageMemory: number;
  readonly implicitMemoryMs: number;
  readonly implicitWindowMs: number;
  readonly subjectsMax: number;
  readonly onceKeysMax: number;
  readonly shownRecordsMax: number;
  readonly shownValuesMax: number;
  readonly flaggedPlacesMax: number;
  readonly historyListMax: number;
  readonly historyCallsMax: number;
  readonly historyBytesMax: number;
  readonly returnedCallsMax: number;
  readonly lookUpsMax: number;
  readonly agreedMax: number;
  readonly heldAnsweredMax: number;
  readonly heldValuesMax: number;
  readonly heldTextUnitsMax: number;
  readonly heldSummaryUnitsMax: number;
  readonly heldSearchUnitsMax: number;
} = {
  // What any real tool takes fits; a larger call is a payload, not a request.
  argumentBytesMax: 1_048_576,
  // Deeper than any schema that a person reviewed; bounds every recursion over arguments.
  argumentDepthMax: 32,
  // Values that are read by their kind, one by one: bounds the work of every constraint.
  argumentValuesMax: 10_000,
  // A run is one task. An implicit run goes on in a successor with the same labels.
  runCallsMax: 10_000,
  // Calls remembered for loops. A `loops` beyond it looks at these, once the run has had so many calls.
  loopMemory: 64,
  // Usage reports of an implicit run kept apart for its window; older ones are merged, which only counts them longer.
  usageMemory: 256,
  // An implicit run never ends, so its memory of calls has to: a day, so that a client's retries fall within it.
  implicitMemoryMs: 86_400_000,
  // The window of an implicit run's budgets where the policy gives no `duration`.
  implicitWindowMs: 86_400_000,
  // Subjects remembered for a run; beyond it the rest is "unknown", which equals nobody.
  subjectsMax: 1_000,
  // Combinations of list values that one `once_per` may claim.
  onceKeysMax: 256,
  // Records of one result, and values of them all, that later calls may rest on. What is beyond permits nothing.
  shownRecordsMax: 1_000,
  shownValuesMax: 10_000,
  // Places of one result that give orders, kept apart; with more, all of it counts as such.
  flaggedPlacesMax: 64,
  // A run's calls are remembered in lists this long, so that one more copies little.
  historyListMax: 64,
  // Calls that later ones look back at: what was read before counts as lost, and what is lost permits nothing.
  historyCallsMax: 1_024,
  // Arguments and results of those calls, as they are kept: a run that was shown more does nothing that looks back.
  historyBytesMax: 33_554_432,
  // Of a child that has ended, the newest calls that its parent looks back at: they ride in one event.
  returnedCallsMax: 256,
  // Things that one call names and Sallyport looks at before it decides. What it didn't look at is refused.
  lookUpsMax: 16,
  // Values that people agreed to for the rest of a run; of more they are asked again.
  agreedMax: 256,
  // Holds that were answered, kept so that a repeat hears of it; of older ones a person would be asked again.
  heldAnsweredMax: 256,
  // Values of a held call that a person is shown one by one: more are a list that nobody reads in seconds.
  heldValuesMax: 256,
  // Of each text among them: longer ones are read in the arguments themselves.
  heldTextUnitsMax: 65_536,
  // One sentence that is read at a glance, in a list of holds too.
  heldSummaryUnitsMax: 280,
  // Of what the run was shown, the newest in which a held call's values are looked for: others wait meanwhile.
  heldSearchUnitsMax: 8_388_608,
};
