const plural = (count: number, one: string, many: string): string =>
  `${count.toLocaleString('en-GB')} ${count === 1 ? one : many}`;

/** Texts for those who run the installation. operations-zh.ts has the same ones. */
export const operationsEn = {
  title: 'Operations',
  sectionsLabel: 'Operations',
  sections: {
    queues: 'Queues',
    targets: 'Models',
    schedules: 'Schedules',
    webhooks: 'Webhooks',
    refusals: 'Refusals',
    keys: 'Keys',
  },
  notForYou: 'Your role sees nothing here',
  notForYouHelp: 'An administrator of your organisation can give you another key.',
  outdated: 'This could not be refreshed, and shows how it was before',
  actions: 'Actions',

  // Queues.
  queuesHelp: 'What waits for workers, of all tenants together, and how the jobs of yours stand.',
  jobs: 'Jobs of this tenant',
  waitingQueues: 'Task queues',
  temporalAway: 'Temporal does not answer',
  temporalAwayHelp:
    'What waits is not known now. Nothing is lost: jobs go on where they were as soon as it is back. Start it, or look at its log.',
  queue: 'Queue',
  queueNames: {
    pipeline: 'Steps of jobs',
    media: 'Recordings',
    io: 'Storage and documents',
    webhooks: 'Webhooks',
  },
  callsOf: (target: string) => `Calls of ${target}`,
  state: 'State',
  backlog: 'Waiting',
  oldest: (time: string) => `the oldest for ${time}`,
  workers: 'Workers',
  rate: 'Per second',
  rates: (added: string, taken: string) => `${added} in, ${taken} out`,
  unknown: 'Not known',
  queueStates: {
    served: 'Served',
    behind: 'Falling behind',
    unserved: 'No worker',
    idle: 'Not served',
  },
  queueHelp: {
    served: '',
    behind:
      'More comes in than is done. Start more workers, or let it be: everything is done in its turn.',
    unserved:
      'Nothing of this is done until a worker serves it. Start one with npm run worker; a worker whose slots are all taken asks for nothing for a while, too.',
    idle: 'Nothing waits. The workers read another hansard.yaml than this gateway, if this model is meant to be used.',
  },
  workersSeen: 'Workers seen lately',
  noWorkers: 'No worker was seen',
  noWorkersHelp: 'Jobs wait until there is one. Start it with npm run worker.',
  worker: 'Worker',
  build: 'Build',
  seen: 'Seen',
  serves: 'Serves',
  queuesOf: (count: number) => plural(count, 'queue', 'queues'),
  severalBuilds:
    'Workers run different builds. While they are replaced that is as it should be; else replace the older ones.',

  // Models.
  targetsHelp:
    'The models that jobs call, in the order in which they are tried. A gate stops the calls of one that fails, and opens by itself.',
  roleNames: {
    transcribe: 'Transcribe',
    diarize: 'Tell speakers apart',
    summarize: 'Write the minutes',
    illustrate: 'Illustrate',
    moderate: 'Check pictures',
    classify: 'Classify',
    generate: 'Generate text',
    embed: 'Embed',
  },
  noTarget: 'No model is configured for this.',
  target: 'Model',
  gate: 'Gate',
  gateStates: { open: 'Open', closed: 'Closed', half_open: 'Trying', unknown: 'Not known' },
  gateReasons: {
    rate_limited: 'it asked us to slow down',
    loading: 'the model is loading',
    failures: 'it failed several times in a row',
  },
  gateClosed: (reason: string, time: string) =>
    `Closed, because ${reason}. In ${time} one call tries whether it works again; until then calls wait, or go to the next model.`,
  gateTrying: (reason: string) =>
    `It was closed, because ${reason}. One call tries now whether it works again.`,
  gateUnknown: 'Only Redis knows the gates of the workers, and it is not there.',
  calls: 'Calls',
  underWay: (count: number, slots: number, workers: number) =>
    workers === 0
      ? `${count} under way`
      : `${count} under way, ${slots * workers} at most (${plural(workers, 'worker', 'workers')})`,
  lastHour: (answered: number, failed: number) =>
    `Last hour: ${answered.toLocaleString('en-GB')} answered, ${failed.toLocaleString('en-GB')} failed`,
  limits: 'Limits',
  perWorker: (count: number) => `${count} at a time per worker`,
  perMinute: (count: string) => `${count} a minute`,
  tokens: (count: number) => (count === 0 ? 'without a token' : plural(count, 'token', 'tokens')),
  coldStart: 'sleeps when unused',
  waitingCalls: (count: number) => `${plural(count, 'call', 'calls')} waiting`,
  failingNow: (ago: string, why: string) => `The last call failed, ${ago}: ${why}`,
  failedBefore: (ago: string, why: string) => `Answers again. It failed last ${ago}: ${why}`,
  failures: {
    transient: 'no answer, or an error of the server. Calls are tried again.',
    provider_bug: 'an answer of no use. If it stays so, the model or its server is the wrong one.',
    rate_limited: 'it asked us to slow down. Calls wait; requestsPerMinute keeps to its limit.',
    loading: 'the model was loading. A schedule can keep it warm.',
    closed: 'its gate was closed.',
    not_served: 'the provider does not serve this model. Choose another one.',
    auth: 'the token was refused. Replace it, and restart the workers.',
    billing: 'the account has no credit. Add some.',
    too_large: 'a piece was too large for the model.',
    input: 'it refused what it was sent.',
  },
  failureUnknown: 'the worker that called it died. Whether it was answered is not known.',
  skipped: (names: string) => `Skipped, because a variable that they name is not set: ${names}`,

  // Schedules.
  schedulesHelp: 'They call a model that sleeps when unused, so that the first job need not wait.',
  noSchedules: 'No model is kept warm',
  noSchedulesHelp: 'The command line makes a schedule:',
  schedulesShared:
    'They are shared by all tenants. Only those who run this installation change them.',
  every: 'Every',
  minutes: (count: number) => plural(count, 'minute', 'minutes'),
  otherRule: 'by its own rule',
  nextRuns: 'Next runs',
  lastRuns: 'Last runs',
  paused: 'Paused',
  running: 'On',
  noRuns: 'None',
  outcomes: {
    warm: 'warm',
    skipped: 'not needed',
    cold: 'still cold',
    running: 'running',
    failed: 'failed',
    forgotten: 'not known any more',
  },
  pause: 'Pause',
  resume: 'Resume',
  runNow: 'Run now',
  pauseOf: (target: string) => `Pause the schedule of ${target}`,
  resumeOf: (target: string) => `Resume the schedule of ${target}`,
  runOf: (target: string) => `Run now: the schedule of ${target}`,
  runTitle: (target: string) => `Wake ${target} now?`,
  runHelp: 'It is called once, which is paid for, unless a job has just used it.',
  pauseTitle: (target: string) => `Pause the schedule of ${target}?`,
  pauseHelp:
    'The model goes to sleep, for all tenants. Jobs wake it again, and wait for it. You can resume it here.',
  isTriggered: (target: string) => `${target} is being called. The run is listed in a moment.`,

  // Webhooks.
  webhooksHelp:
    'Your servers hear when a job ends, and when somebody decides on its minutes. Messages are signed, and hold nothing of the meeting.',
  noWebhooks: 'No server is told of jobs',
  noWebhooksHelp: 'Add one above: it gets a signed message for each event that you choose.',
  noWebhooksReader: 'An administrator can add one.',
  newWebhook: 'New webhook',
  address: 'Address',
  addressHelp: 'https, in the public network.',
  events: 'Events',
  eventNames: {
    'job.completed': 'Minutes are complete',
    'job.partial': 'Minutes are partial',
    'job.failed': 'A job failed',
    'job.cancelled': 'A job was stopped',
    'job.revised': 'Minutes were changed',
    'job.approved': 'Minutes were approved',
    'job.returned': 'Minutes were returned',
    'job.delegated': 'Somebody else is asked for approval',
    'job.reminded': 'A draft waits for long',
    'webhook.test': 'Test',
  },
  eventsOf: (count: number, all: number) =>
    count === all ? 'All events' : plural(count, 'event', 'events'),
  makeWebhook: 'Add webhook',
  secretOf: (url: string) => `The secret of ${url}`,
  secretOnce: 'Copy it now: it is shown only once. Your server checks the messages with it.',
  made: 'Added',
  enabled: 'On',
  disabledByPerson: 'Disabled',
  disabledByEndpoint: 'Disabled: it answered 410',
  disabledHelp: 'It hears nothing, and what happens meanwhile is not sent later.',
  bothSecrets: (until: string) => `Until ${until} messages are signed with the old secret too.`,
  backToWebhooks: 'Webhooks',
  noSuchWebhook: 'There is no such webhook',
  sendTest: 'Send a test',
  testSent: 'A test is on its way: see below what becomes of it.',
  disable: 'Disable',
  enable: 'Enable',
  remove: 'Delete',
  removeTitle: 'Delete this webhook?',
  removeHelp: 'It hears nothing more, and its deliveries are deleted. This cannot be undone.',
  disableTitle: 'Disable this webhook?',
  rotate: 'Replace the secret',
  rotateTitle: 'Replace the secret',
  rotateHelp:
    'Give the new secret to your server while the old one still works. If the old one got out, end it at once.',
  keepOld: 'The old secret works for',
  keepHours: { '24': 'Another day', '168': 'Another week', '1': 'Another hour', '0': 'No longer' },
  deliveries: 'Deliveries',
  deliveryState: 'State',
  everyDelivery: 'Every state',
  deliveryStates: { waiting: 'On its way', delivered: 'Delivered', dead: 'Given up' },
  noDeliveries: 'No message yet',
  noDeliveriesHelp: 'Messages are listed for 30 days after they have ended.',
  noDeliveriesOfState: 'No message has this state',
  event: 'Event',
  tries: 'Attempts',
  triesOf: (tries: number, replays: number) =>
    `${tries} of 10${replays === 0 ? '' : `, sent again ${replays === 1 ? 'once' : `${replays} times`}`}`,
  answer: 'Last answer',
  noAnswer: 'None yet',
  sentAt: 'When',
  nextTry: (when: string) => `next attempt ${when}`,
  replay: 'Send again',
  replayOf: (event: string, when: string) => `Send again: “${event}” of ${when}`,

  // Refusals.
  refusalsHelp:
    'What keys of this tenant asked for and were refused, for 90 days. A key that asks for much that it may not do is the wrong one, or in the wrong hands.',
  noRefusals: 'Nothing was refused',
  noRefusalsHelp: 'As soon as a key asks for something that it may not do, it is here.',
  when: 'When',
  key: 'Key',
  asked: 'What it asked for',
  noRoute: 'something that there is not',
  why: 'Why',
  statuses: {
    401: 'its time was over, or it was revoked',
    403: 'its role may not do this',
    429: 'too many requests',
  },

  // Keys.
  replaceKey: 'Replace',
  replaceOf: (name: string) => `Replace ${name}`,
  replaceTitle: (name: string) => `Replace ${name}?`,
  replaceHelp:
    'A second key of the same name and role is made. Both work until you revoke the old one, so nothing stands still.',
  makeSecond: 'Make the second key',
  beingReplaced: 'Being replaced',
  successor: 'New',
  stillUsed: 'The new key was not used yet. Give it to whoever has this one, then revoke this one.',
  successorUsed: (at: string) =>
    `The new key was used ${at}. Revoke this one when nobody uses it any more.`,
  revokeOld: 'Revoke the old key',
  revokeOldOf: (name: string) => `Revoke the old key ${name}`,
  revokeOldHelp: (lastUsed: string | null) =>
    lastUsed === null
      ? 'It was never used. The new key goes on working.'
      : `It was last used ${lastUsed}. Whoever still has it is refused from now on; the new key goes on working.`,
};

export type OperationsMessages = typeof operationsEn;
