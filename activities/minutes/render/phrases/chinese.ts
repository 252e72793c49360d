import type { Wording } from './english.ts';

/** A space stands between Chinese and other writing, and nowhere else. */
const isHan = (character: string | undefined): boolean =>
  /^[\p{Script=Han}\u3000-\u303F\uFF00-\uFFEF]$/u.test(character ?? '');
const spaceAfter = (name: string): string => (isHan(Array.from(name).at(-1)) ? name : `${name} `);
const spaceAround = (name: string): string =>
  `${isHan(Array.from(name)[0]) ? '' : ' '}${spaceAfter(name)}`;

export const chinese: Wording = {
  locale: 'zh-CN',
  minutesOf: (name, date) => `${name} 会议纪要${date === null ? '' : `（${date}）`}`,
  units: { hour: '小时', minute: '分', second: '秒', space: '' },

  attendees: '与会者',
  speakers: '说话人',
  speaker: (number) => `说话人 ${number}`,
  spoke: (name, time) => `${name}（${time}）`,
  summary: '摘要',
  keyPoints: '要点',
  decisions: '决议',
  actionItems: '待办事项',
  openQuestions: '未决问题',
  transcript: '逐字记录',
  about: '关于本纪要',

  task: '事项',
  owner: '负责人',
  due: '期限',
  evidence: '出处',
  source: '出处',
  noOwner: '未指定负责人',
  noDueDate: '未指定期限',
  notVerified: '未经核实',
  notFound: '未在逐字记录中找到',
  unsupported: '引文与此不符',
  mayBeInvented: '可能是编造的',
  noneRecorded: '无记录。',
  unwritten: '未撰写：模型略过了这一节。',
  unwrittenByRules: '未撰写：这一节需要语言模型，而本纪要的句子是按规则挑选的。',
  noSummary: '没有摘要。',
  noTranscript: '没有逐字记录。',

  glance: {
    complete: '完整',
    partial: '不完整',
    heard: (percent, audio) => `已听取 ${audio}的 ${percent}%`,
    writtenBy: (model) => `由${spaceAround(model)}撰写`,
    picked: '按规则摘选原句',
    unwritten: '没有摘要',
    editedBy: (name, day, version) => `${spaceAfter(name)}于${day}修改（第 ${version} 版）`,
    draft: (asked, until) =>
      until === null
        ? '草稿：尚未批准'
        : `草稿：等待${asked === null ? '' : spaceAround(asked)}在${until} 前批准`,
    returnedBy: (name, day) => `草稿：${spaceAfter(name)}于${day}退回`,
    approvedBy: (name, day, version) => `${spaceAfter(name)}于${day}批准（第 ${version} 版）`,
    states: {
      draft: '草稿',
      returned: '已退回',
      approved: (version) => `已批准（第 ${version} 版）`,
    },
    verified: (verified, all) => `${all} 条陈述中 ${verified} 条已核实`,
  },
  partial: '本纪要不完整',
  degraded: '部分步骤未按计划完成',
  notTranscribed: (span, reason) => `未转写：${span}（${reason}）`,
  notSummarised: (span, reason) => `未纳入摘要：${span}（${reason}）`,
  cut: '文件缺少录音的结尾',
  lengthDiffers: (stated, heard, leapsAt) =>
    `文件称录音长${stated}，实际听到${heard}${leapsAt === null ? '' : `：其时钟在 ${leapsAt} 处跳变`}`,
  inventedAt: (spans) => `部分文字可能由音乐或噪声编造而来：${spans}`,
  notInFonts: '本文件的字体缺少部分字符，以 � 代替；其他格式的文件中有这些字符。',
  timeUnknown: '时间不详',
  work: {
    transcribe: '逐字记录',
    diarize: '说话人',
    summarize: '摘要',
    illustrate: '插图',
    moderate: '插图安全检查',
  },
  fallback: (target) => `由 ${target} 代替首选模型完成`,
  earlier: (target) => `采用了 ${target} 较早的结果`,
  simplified: '以简化形式完成',
  extractive: '按规则摘选原句，未使用语言模型',
  missing: {
    transcribe: '有一部分未能转写',
    diarize: '未能区分',
    summarize: '没有摘要',
    illustrate: '没有插图',
    moderate: '未能完成，插图留待审核',
  },
  colon: '：',
  separators: { list: '、', clear: '；', facts: '；' },
  because: (what, reason, spans) => `${what}${reason && `（${reason}）`}${spans && `，${spans}`}`,
  reasons: {
    transient: '服务无法连接',
    provider_bug: '服务返回的内容无效',
    closed: '该服务因连续失败而被暂停调用',
    rate_limited: '服务要求等待的时间过长',
    loading: '模型未能及时加载',
    not_served: '该模型未提供服务',
    auth: '服务拒绝了我们的凭证',
    billing: '账户余额不足',
    too_large: '内容超出模型上限',
    template_too_long: '模板太长，模型的上下文放不下转录文本',
    input: '服务拒绝了这部分内容',
    exhausted: '服务多次失败',
    in_flight: '同一调用仍在别处进行',
    no_target: '未配置相应的模型',
    damaged: '录音已损坏',
    unreadable: '音频无法读取',
    no_speech: '未发现语音',
    missing_object: '缺少一个已存储的部分',
    earlier_prompt: '采用了以先前提示词得到的旧答案',
    stored: '沿用了先前任务所存的答案',
    no_words: '未能听出任何字词',
    failed: '未能完成',
    error: '程序出错',
  },

  page: { search: '搜索', previous: '上一处', next: '下一处' },

  coverage: '覆盖范围',
  coverageOfAudio: ({ percent, audio, speech, silence }) =>
    `音频 ${audio}，已覆盖 ${percent}%（语音 ${speech}，静音 ${silence}）`,
  inSilence: (spans) => `有声音而没有人声，未发送：${spans}`,
  untimed: (time) => `${time}语音的回答没有时间：是否全部有对应文字，无法得知`,
  coverageOfText: ({ percent, characters, sections }) =>
    `文字 ${characters} 字符，已摘要 ${percent}%，共 ${sections} 段`,
  engines: '生成方式',
  engine: ({ work, target, label, details, items }) =>
    `${work}：${target}${label && `，${label}`}（${details && `${details}，`}${items} 项）`,
  labels: {
    whisper: '本机上由 faster-whisper 运行的 Whisper base',
    speakers: '在本机上区分说话人',
    drawing: '按提示词以规则绘制，未使用模型',
    nsfwjs: '本机上的 NSFWJS',
  },
  recording: '录音',
  file: (name, size) => `${name}，${size}`,
  sound: (tracks, silent, copies) =>
    `听取 ${tracks} 轨；略去 ${silent} 个无声声道、${copies} 个重复声道`,
  document: '文档',
  documentFacts: ({ id, version, template }) => `${id}，第 ${version} 版，模板 ${template}`,
  calls: '模型调用',
  callFacts: (entries, inDoubt) =>
    `账目 ${entries} 条${inDoubt === 0 ? '' : `，其中 ${inDoubt} 条存疑`}`,
  statements: '陈述',
  unverifiedCount: (unverified, all) =>
    unverified === 0
      ? `共 ${all} 条，均可在逐字记录中找到`
      : `共 ${all} 条，其中 ${unverified} 条未在逐字记录中找到，已标明`,
  unsupportedCount: (unsupported, all) => `共 ${all} 条，其中 ${unsupported} 条与引文不符，已标明`,

  picture: { safe: '插图', held: '插图留待审核', blocked: '插图未通过安全检查' },
  pictureBy: (model) => `由 ${model} 生成，并非会议实景。`,
};
