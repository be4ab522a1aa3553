import type { PromptLanguage } from './texts.ts';

const AGAIN = '必要になったら、もう一度起動してください。';
const ASK = 'このプログラムが必要な場合は、サポートに規則の追加を依頼してください。';

export const language: PromptLanguage = {
  tag: 'ja',
  rightToLeft: false,
  texts: {
    title: '昇格されたアクセス',
    confirmHeading: 'このプログラムを昇格して実行しますか?',
    confirmText:
      'このデバイスと、そこに保存されているすべてのユーザーのデータを変更できます。自分で起動し、入手元を信頼できる場合にだけ続行してください。',
    approvalHeading: 'このプログラムの承認をサポートに依頼しますか?',
    approvalText: 'サポートは、プログラム、あなたの名前、理由を確認して判断します。',
    pendingHeading: '依頼はサポートの判断を待っています',
    pendingText: 'まだ何も起動していません。サポートが承認したら、同じ方法でもう一度プログラムを起動してください。',
    approvedHeading: 'サポートが依頼を承認しました',
    approvedText: '同じ方法でもう一度プログラムを起動すると、昇格されたアクセスで実行されます。',
    approvedUntil: '承認の期限: {time}',
    deniedHeading: 'このプログラムは昇格されませんでした',
    notManagedHeading: 'このプログラムは管理の対象ではありません',
    program: 'プログラム',
    publisher: '発行元',
    unknownPublisher: '不明な発行元',
    file: 'ファイル',
    arguments: '引数',
    noArguments: 'なし',
    rule: '規則',
    defaultRule: 'なし (既定の応答)',
    digest: 'SHA-256 の先頭',
    fromInternet: 'このファイルはインターネットから取得されたものです。',
    reasonLabel: '昇格されたアクセスが必要な理由(&W)',
    chooseReason: '理由を選ぶ(&H)',
    reasonCount: '{count} / 256 文字',
    reasonTooLong: '{count} / 256 文字: 長すぎます',
    reasonNeeded: '理由が必要です。',
    authenticationText: 'この後、Windows がもう一度サインインを求めます。',
    credentialCaption: '昇格されたアクセス',
    credentialMessage: '{program} を実行するには、{user} としてサインインしてください。',
    credentialImpossible: 'ここでは Windows のサインイン画面を表示できません。',
    yes: '続行(&C)',
    no: 'キャンセル',
    send: '依頼を送信(&S)',
    close: '閉じる',
    timeLeft: '残り時間: {time}',
    closesIn: '{time} 後に閉じます',
    support: 'サポート',
    why: '理由',
    next: '次の手順',
    code: 'コード',
    comment: 'サポートからのコメント',
    request: '依頼番号',
  },
  answers: {
    requestDenied: {
      heading: 'サポートが依頼を拒否しました',
      why: 'サポートは、このプログラムを昇格されたアクセスで実行することを認めませんでした。',
      next: 'それでも必要な場合は、別の理由でもう一度依頼してください。',
    },
    requestExpired: {
      heading: '依頼の期限が切れました',
      why: '期限までに回答がありませんでした。',
      next: 'まだ必要な場合は、同じ方法でもう一度プログラムを起動して、依頼し直してください。',
    },
    approvalExpired: {
      heading: '承認の期限が切れました',
      why: 'サポートが承認した期間は終わりました。',
      next: 'まだ必要な場合は、同じ方法でもう一度プログラムを起動して、依頼し直してください。',
    },
    approvalRevoked: {
      heading: 'サポートが承認を取り消しました',
      why: 'このプログラムは、昇格されたアクセスでは起動しなくなりました。',
      next: 'サポートに理由を問い合わせるか、同じ方法でもう一度プログラムを起動して、依頼し直してください。',
    },
    approvalWithoutEffect: {
      heading: '承認は現在有効ではありません',
      why: 'サポートはこのプログラムを承認しましたが、このデバイスでは現在その承認は有効ではありません。',
      next: '依頼番号とコードをサポートに伝えてください。',
    },
  },
  reasons: {
    denyRule: {
      why: '組織の規則がこのプログラムを拒否しています。',
      next: '必要な場合は、サポートに問い合わせてください。',
    },
    defaultResponse: { why: 'このプログラムを許可する組織の規則がありません。', next: ASK },
    fileRefused: {
      why: 'この種類のファイル、またはこの場所にあるファイルは受け付けられません。',
      next: 'このデバイスのローカル ドライブにある .exe、.msi、.ps1 ファイルを起動してください。',
    },
    elevatedRequester: {
      why: '昇格されたプログラムから、この方法で別のプログラムを起動することはできません。',
      next: '通常のデスクトップから起動してください。',
    },
    userWritableFile: {
      why: '管理者権限のないユーザーがこのファイルまたはフォルダーを変更できます。組織はそのようなファイルを拒否しています。',
      next: '管理者だけが書き込める場所にインストールするよう、サポートに依頼してください。',
    },
    hostNeedsArguments: {
      why: 'このプログラムは引数の内容をそのまま実行するため、規則にある引数が必要です。',
      next: 'スクリプトまたはプログラム自体を起動するか、この引数の規則をサポートに依頼してください。',
    },
    argumentsNotAllowed: {
      why: '引数によってインストールの内容が変わりますが、その引数は規則にありません。',
      next: '引数を付けずに起動するか、この引数の規則をサポートに依頼してください。',
    },
    notYourFile: {
      why: 'ファイルが存在しないか、あなたに読み取りと実行の権限がありません。',
      next: 'パスを確認するか、所有者に読み取りと実行の権限を依頼してください。',
    },
    scriptHostMissing: {
      why: 'このスクリプトには PowerShell 6 以降が必要ですが、すべてのユーザー用にはインストールされていません。',
      next: 'すべてのユーザー用に PowerShell 7 をインストールするよう、サポートに依頼してください。',
    },
    budgetUsed: {
      why: 'ポリシーで今日許可されている分を使い切りました。',
      next: '実行中のプログラムはそのまま続きます。明日もう一度お試しになるか、管理者にお問い合わせください。',
    },
    accountUnavailable: {
      why: 'プログラムを実行するための分離されたアカウントを Windows から得られませんでした。',
      next: 'サポートに連絡してください。失敗したログオンはこのデバイスの監査に記録されています。',
    },
    workingDirectoryRefused: {
      why: 'このフォルダーではプログラムを起動できません。',
      next: 'ローカル ドライブにある自分専用のフォルダーから起動してください。',
    },
    inputRefused: {
      why: '規則により、このプログラムは入力を受け付けない専用のデスクトップで実行されます。',
      next: '入力なしで起動してください。',
    },
    consentDeclined: { why: '質問に「いいえ」と答えました。', next: AGAIN },
    consentExpired: { why: '時間内に回答がありませんでした。', next: AGAIN },
    consentSessionLeft: {
      why: '質問の表示中に、セッションがロック、切断、または終了されました。',
      next: AGAIN,
    },
    consentWindowLost: {
      why: '質問のウィンドウが回答なしで終了しました。',
      next: 'もう一度起動してください。繰り返す場合は、別のプログラムがウィンドウを閉じた可能性があるため、サポートに連絡してください。',
    },
    consentUnavailable: { why: 'このセッションでは質問を表示できません。', next: 'サポートに連絡してください。' },
    consentCancelled: { why: '回答の前に依頼が取り消されました。', next: AGAIN },
    needsApproval: {
      why: 'このプログラムには先にサポートの承認が必要ですが、ここからは依頼できません。',
      next: '必要なプログラムをサポートに伝えてください。',
    },
    clientDisabled: { why: '組織がこのデバイスでの昇格を無効にしています。', next: 'サポートに問い合わせてください。' },
    noPolicy: {
      why: 'このデバイスには、あなた用のポリシーがまだありません。',
      next: '次のポリシーの同期を待つか、サポートに問い合わせてください。',
    },
    administrator: {
      why: 'あなたはこのデバイスの管理者であり、自分で昇格できます。',
      next: '「管理者として実行」を使用してください。',
    },
    noRule: { why: 'このプログラムを昇格する規則がありません。', next: ASK },
    notAutomatic: {
      why: 'このプログラムを自動的に昇格する規則がありません。',
      next: '「昇格されたアクセスで実行」を選んでください。',
    },
    detectionOff: {
      why: 'Windows に昇格を求めるプログラムは、このデバイスでは判定の対象になりません。',
      next: '「昇格されたアクセスで実行」を選んでください。',
    },
    EPM_AUTHENTICATION_FAILED: {
      why: 'Windows がサインインを受け付けなかったか、別のユーザーのサインインでした。',
      next: 'もう一度起動し、自分自身としてサインインしてください。',
    },
    EPM_AUTHENTICATION_LIMIT: {
      why: 'サインインに失敗した回数が多すぎます。',
      next: '1 時間待つか、サポートに問い合わせてください。',
    },
    EPM_AGENT_BUSY: {
      why: '開いている依頼が多すぎます。',
      next: 'それらに回答するか閉じてから、もう一度起動してください。',
    },
    EPM_FILE_NOT_FOUND: { why: 'ファイルが見つからなくなりました。', next: 'パスを確認してください。' },
    EPM_FILE_TOO_LARGE: {
      why: 'ファイルが、組織の許可する大きさを超えています。',
      next: 'サポートに問い合わせてください。',
    },
    EPM_TICKET_INVALID: { why: '質問の後で、ファイルまたは依頼が変わりました。', next: 'もう一度起動してください。' },
    failed: { why: '依頼は失敗しました。', next: 'サポートにコードを伝えてください。' },
  },
};
