/** Sentences as they are said in meetings, by language; and what else transcripts hold. */
export const SENTENCES: Readonly<Record<string, readonly string[]>> = {
  English: [
    'Good morning everyone, thanks for joining the planning meeting.',
    'We decided to move the launch of the mobile app to the end of March, because testing takes longer.',
  ],
  German: [
    'Guten Morgen zusammen, wir beginnen mit dem Haushalt für das kommende Geschäftsjahr.',
    'Die Veröffentlichung der Anwendung wird auf Ende März verschoben, darüber waren wir uns einig.',
  ],
  French: [
    "Bonjour à tous, nous avons décidé de reporter le lancement de l'application à la fin du mois de mars.",
    "Qui s'occupe de répondre aux questions des clients pendant les vacances d'été ?",
  ],
  Spanish: [
    'Buenos días, ¿quién se encarga de enviar el presupuesto antes del viernes por la mañana?',
    'Acordamos contratar a una fotógrafa para la página web y dejar la campaña para otoño.',
  ],
  Portuguese: [
    'Bom dia a todos, decidimos adiar o lançamento do aplicativo para o final de março.',
    'A equipe ainda não recebeu a informação sobre as inscrições para a conferência.',
  ],
  Italian: [
    "Buongiorno a tutti, abbiamo deciso di spostare il lancio dell'applicazione alla fine di marzo.",
  ],
  Dutch: [
    'Goedemorgen allemaal, we hebben besloten de lancering van de app te verschuiven naar eind maart.',
  ],
  Finnish: [
    'Hyvää huomenta kaikille, päätimme siirtää sovelluksen julkaisun maaliskuun loppuun.',
    'Kuka vastaa asiakkaiden kysymyksiin kesälomien aikana?',
  ],
  Polish: [
    'Dzień dobry wszystkim, postanowiliśmy przełożyć premierę aplikacji na koniec marca.',
    'Kto odpowie na pytania klientów w czasie wakacji?',
  ],
  Turkish: [
    'Herkese günaydın, uygulamanın yayınlanmasını mart ayının sonuna ertelemeye karar verdik.',
  ],
  Vietnamese: [
    'Chào buổi sáng mọi người, chúng ta đã quyết định dời việc ra mắt ứng dụng sang cuối tháng ba.',
  ],
  Russian: [
    'Доброе утро всем, мы решили перенести запуск мобильного приложения на конец марта.',
    'Кто будет отвечать на вопросы клиентов во время отпусков?',
  ],
  Ukrainian: ['Доброго ранку всім, ми вирішили перенести запуск застосунку на кінець березня.'],
  Greek: ['Καλημέρα σε όλους, αποφασίσαμε να μεταφέρουμε την κυκλοφορία στο τέλος Μαρτίου.'],
  Hebrew: ['בוקר טוב לכולם, החלטנו לדחות את השקת האפליקציה לסוף חודש מרץ.'],
  Arabic: [
    'صباح الخير جميعًا، قررنا تأجيل إطلاق التطبيق إلى نهاية شهر مارس.',
    'من سيتولى الرد على أسئلة العملاء خلال العطلة الصيفية؟',
  ],
  Hindi: [
    'सभी को सुप्रभात, हमने ऐप का लॉन्च मार्च के अंत तक टालने का निर्णय लिया है।',
    'गर्मी की छुट्टियों में ग्राहकों के सवालों का जवाब कौन देगा?',
  ],
  Thai: ['สวัสดีตอนเช้าทุกคน เราตัดสินใจเลื่อนการเปิดตัวแอปไปเป็นปลายเดือนมีนาคม'],
  'Chinese, simplified': [
    '我们决定把移动应用的发布推迟到三月二十日，因为团队还没有准备好。',
    '王芳会在周五之前把预算发给大家，下次会议讨论网站的新图片。',
  ],
  'Chinese, traditional': [
    '我們決定把行動應用程式的發佈延後到三月二十日，因為團隊還沒有準備好。',
    '關於網站的預算，請財務部門在下週五之前將報告寄給與會人員。',
  ],
  Japanese: [
    'おはようございます。モバイルアプリの公開を三月末に延期することに決定しました。',
    '予算については金曜日までに佐藤さんがメールで送ります。',
  ],
  Korean: [
    '안녕하세요 여러분, 모바일 앱 출시를 삼월 말로 연기하기로 결정했습니다.',
    '고객 질문에는 여름휴가 동안 누가 답변하나요?',
  ],
  Names: [
    'Siobhan Krzysztof Nguyen Oluwaseun Bjork Xochitl Aoife Tchaikovsky Wojciechowski Ramanujan',
  ],
  Numbers: ['[s12 00:01:04] We agreed on v2.3.1 at 14:30, USD 12,500.00, call +49 30 901820.'],
  Code: [
    'const total = items.reduce((sum, { price }) => sum + price * 1.19, 0);\n  if (total >= 100) {\n    return applyDiscount(total);\n  }',
    '{"summary":"x","keyPoints":[{"text":"y","citations":[{"segmentIds":["s1"],"quote":"z"}]}]}',
  ],
  Emoji: ['Great work 🎉🎉 thanks 👩🏽‍💻 see you 🇩🇪 on Monday ☕️'],
};
