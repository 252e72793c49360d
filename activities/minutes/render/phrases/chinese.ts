import type { Wording } from './english.ts';

export const chinese: Wording = {
  locale: 'zh-CN',
  minutesOf: (name, date) => `${name} 会议纪要${date === null ? '' : `（${date}）`}`,
  units: { hour: '小时', minute: '分', second: '秒', space: '' },

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
  noOwner: '未指定负责人',
  noDueDate: '未指定期限',
  notVerified: '未经核实',
  mayBeInvented: '可能是编造的',
  noneRecorded: '无记录。',
  noSummary: '没有摘要。',
  noTranscript: '没有逐字记录。',

  partial: '本纪要不完整',
  degraded: '部分步骤未按计划完成',
  notTranscribed: (span, reason) => `未转写：${span}（${reason}）`,
  notSummarised: (span, reason) => `未纳入摘要：${span}（${reason}）`,
  cut: '文件缺少录音的结尾',
  inventedAt: (spans) => `部分文字可能由音乐或噪声编造而来：${spans}`,
  timeUnknown: '时间不详',
  work: {
    transcribe: '逐字记录',
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
    summarize: '没有摘要',
    illustrate: '没有插图',
    moderate: '未能完成，插图留待审核',
  },
  colon: '：',
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
  recording: '录音',
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

  picture: { safe: '插图', held: '插图留待审核', blocked: '插图未通过安全检查' },
  pictureBy: (model) => `由 ${model} 生成，并非会议实景。`,
};
