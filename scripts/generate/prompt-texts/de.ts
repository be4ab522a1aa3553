import type { PromptLanguage } from './texts.ts';

const AGAIN = 'Starten Sie es erneut, wenn Sie möchten.';
const ASK = 'Bitten Sie den Support um eine Regel, wenn Sie dieses Programm brauchen.';

export const language: PromptLanguage = {
  tag: 'de',
  rightToLeft: false,
  texts: {
    title: 'Erhöhter Zugriff',
    confirmHeading: 'Dieses Programm mit erhöhtem Zugriff ausführen?',
    confirmText:
      'Es kann dieses Gerät verändern und alles, was andere darauf speichern. Fahren Sie nur fort, wenn Sie es selbst gestartet haben und seiner Herkunft vertrauen.',
    approvalHeading: 'Den Support um Genehmigung bitten?',
    approvalText: 'Der Support sieht das Programm, Ihren Namen und Ihre Begründung und entscheidet.',
    pendingHeading: 'Ihre Anfrage wartet auf den Support',
    pendingText:
      'Es wurde nichts gestartet. Sobald der Support die Anfrage genehmigt hat, starten Sie das Programm noch einmal auf dieselbe Weise.',
    approvedHeading: 'Der Support hat Ihre Anfrage genehmigt',
    approvedText: 'Starten Sie das Programm noch einmal auf dieselbe Weise; es läuft dann mit erhöhtem Zugriff.',
    approvedUntil: 'Die Genehmigung endet: {time}',
    deniedHeading: 'Dieses Programm läuft nicht mit erhöhtem Zugriff',
    notManagedHeading: 'Dieses Programm wird nicht verwaltet',
    program: 'Programm',
    publisher: 'Herausgeber',
    unknownPublisher: 'Unbekannter Herausgeber',
    file: 'Datei',
    arguments: 'Argumente',
    noArguments: 'Keine',
    rule: 'Regel',
    defaultRule: 'Keine; Standardantwort',
    digest: 'SHA-256 beginnt',
    fromInternet: 'Diese Datei stammt aus dem Internet.',
    reasonLabel: '&Wozu brauchen Sie den erhöhten Zugriff?',
    chooseReason: '&Grund auswählen',
    reasonCount: '{count} von 256 Zeichen',
    reasonTooLong: '{count} von 256 Zeichen: zu lang',
    reasonNeeded: 'Eine Begründung ist nötig.',
    authenticationText: 'Windows bittet Sie danach, sich noch einmal anzumelden.',
    credentialCaption: 'Erhöhter Zugriff',
    credentialMessage: 'Melden Sie sich als {user} an, um {program} auszuführen.',
    credentialImpossible: 'Windows kann sein Anmeldefenster hier nicht zeigen.',
    yes: 'Fort&fahren',
    no: 'Abbrechen',
    send: 'Anfrage &senden',
    close: 'Schließen',
    timeLeft: 'Verbleibende Zeit: {time}',
    closesIn: 'Schließt in {time}',
    support: 'Support',
    why: 'Grund',
    next: 'Nächster Schritt',
    code: 'Code',
    comment: 'Der Support schreibt',
    request: 'Anfrage',
  },
  answers: {
    requestDenied: {
      heading: 'Der Support hat Ihre Anfrage abgelehnt',
      why: 'Der Support möchte nicht, dass dieses Programm mit erhöhtem Zugriff läuft.',
      next: 'Fragen Sie mit einer anderen Begründung noch einmal, wenn Sie es trotzdem brauchen.',
    },
    requestExpired: {
      heading: 'Ihre Anfrage ist abgelaufen',
      why: 'Niemand hat sie rechtzeitig beantwortet.',
      next: 'Wenn Sie das Programm noch brauchen, starten Sie es noch einmal auf dieselbe Weise, um erneut zu fragen.',
    },
    approvalExpired: {
      heading: 'Ihre Genehmigung ist abgelaufen',
      why: 'Die Zeit, für die der Support das Programm genehmigt hat, ist vorbei.',
      next: 'Wenn Sie das Programm noch brauchen, starten Sie es noch einmal auf dieselbe Weise, um erneut zu fragen.',
    },
    approvalRevoked: {
      heading: 'Der Support hat die Genehmigung zurückgenommen',
      why: 'Das Programm startet nicht mehr mit erhöhtem Zugriff.',
      next: 'Fragen Sie den Support nach dem Grund, oder starten Sie das Programm noch einmal auf dieselbe Weise, um erneut zu fragen.',
    },
    approvalWithoutEffect: {
      heading: 'Ihre Genehmigung gilt jetzt nicht',
      why: 'Der Support hat dieses Programm genehmigt, aber auf diesem Gerät gilt die Genehmigung jetzt nicht.',
      next: 'Nennen Sie dem Support die Nummer der Anfrage und den Code.',
    },
  },
  reasons: {
    denyRule: {
      why: 'Eine Regel Ihrer Organisation verbietet dieses Programm.',
      next: 'Fragen Sie den Support, wenn Sie es brauchen.',
    },
    defaultResponse: { why: 'Keine Regel Ihrer Organisation erlaubt dieses Programm.', next: ASK },
    fileRefused: {
      why: 'Dateien dieser Art oder an diesem Ort werden nicht angenommen.',
      next: 'Starten Sie eine .exe-, .msi- oder .ps1-Datei auf einem lokalen Laufwerk dieses Geräts.',
    },
    elevatedRequester: {
      why: 'Ein Programm mit erhöhtem Zugriff kann auf diese Weise kein weiteres starten.',
      next: 'Starten Sie es von Ihrem gewöhnlichen Desktop aus.',
    },
    userWritableFile: {
      why: 'Personen ohne Administratorrechte können diese Datei oder ihren Ordner ändern; Ihre Organisation lehnt solche Dateien ab.',
      next: 'Bitten Sie den Support, das Programm dort zu installieren, wo nur Administratoren schreiben dürfen.',
    },
    hostNeedsArguments: {
      why: 'Dieses Programm führt aus, was seine Argumente sagen, und braucht daher Argumente, die eine Regel nennt.',
      next: 'Starten Sie das Skript oder Programm selbst, oder bitten Sie den Support um eine Regel mit diesen Argumenten.',
    },
    argumentsNotAllowed: {
      why: 'Die Argumente ändern, was installiert wird, und keine Regel nennt sie.',
      next: 'Lassen Sie sie weg, oder bitten Sie den Support um eine Regel mit diesen Argumenten.',
    },
    notYourFile: {
      why: 'Die Datei gibt es nicht, oder Sie dürfen sie selbst nicht lesen und ausführen.',
      next: 'Prüfen Sie den Pfad, oder bitten Sie den Besitzer um das Recht, sie zu lesen und auszuführen.',
    },
    scriptHostMissing: {
      why: 'Das Skript braucht PowerShell 6 oder neuer, das auf diesem Gerät nicht für alle Benutzer installiert ist.',
      next: 'Bitten Sie den Support, PowerShell 7 für alle Benutzer zu installieren.',
    },
    budgetUsed: {
      why: 'Sie haben aufgebraucht, was Ihre Richtlinie für heute zulässt.',
      next: 'Laufende Programme laufen weiter. Versuchen Sie es morgen erneut, oder fragen Sie Ihren Administrator.',
    },
    accountUnavailable: {
      why: 'Windows hat kein isoliertes Konto bereitgestellt, unter dem das Programm laufen kann.',
      next: 'Wenden Sie sich an den Support; das Protokoll dieses Geräts nennt die fehlgeschlagene Anmeldung.',
    },
    workingDirectoryRefused: {
      why: 'Das Programm darf in diesem Ordner nicht starten.',
      next: 'Starten Sie es aus einem Ordner auf einem lokalen Laufwerk, der Ihnen allein gehört.',
    },
    inputRefused: {
      why: 'Die Regel gibt dem Programm einen eigenen Desktop, auf dem es keine Eingabe annimmt.',
      next: 'Starten Sie es ohne Eingabe.',
    },
    consentDeclined: { why: 'Sie haben mit Nein geantwortet.', next: AGAIN },
    consentExpired: { why: 'Die Frage wurde nicht rechtzeitig beantwortet.', next: AGAIN },
    consentSessionLeft: {
      why: 'Die Sitzung wurde gesperrt, getrennt oder verlassen, während die Frage offen war.',
      next: AGAIN,
    },
    consentWindowLost: {
      why: 'Das Fenster mit der Frage endete ohne Antwort.',
      next: 'Starten Sie es erneut. Geschieht das noch einmal, wenden Sie sich an den Support: Ein anderes Programm hat das Fenster vielleicht geschlossen.',
    },
    consentUnavailable: {
      why: 'Die Frage kann in dieser Sitzung nicht gezeigt werden.',
      next: 'Wenden Sie sich an den Support.',
    },
    consentCancelled: { why: 'Die Anfrage wurde vor Ihrer Antwort zurückgenommen.', next: AGAIN },
    needsApproval: {
      why: 'Der Support muss dieses Programm zuerst freigeben und kann von hier nicht gefragt werden.',
      next: 'Nennen Sie dem Support das Programm, das Sie brauchen.',
    },
    clientDisabled: {
      why: 'Ihre Organisation hat erhöhten Zugriff auf diesem Gerät abgeschaltet.',
      next: 'Fragen Sie den Support.',
    },
    noPolicy: {
      why: 'Dieses Gerät hat noch keine Richtlinie für Sie.',
      next: 'Warten Sie auf die nächste Synchronisierung, oder fragen Sie den Support.',
    },
    administrator: {
      why: 'Sie sind Administrator dieses Geräts und können Programme selbst mit erhöhten Rechten starten.',
      next: 'Verwenden Sie „Als Administrator ausführen“.',
    },
    noRule: { why: 'Keine Regel gibt diesem Programm erhöhten Zugriff.', next: ASK },
    notAutomatic: {
      why: 'Keine Regel gibt diesem Programm von selbst erhöhten Zugriff.',
      next: 'Wählen Sie „Mit erhöhtem Zugriff ausführen“.',
    },
    detectionOff: {
      why: 'Programme, die Windows um erhöhte Rechte bitten, werden auf diesem Gerät nicht beurteilt.',
      next: 'Wählen Sie „Mit erhöhtem Zugriff ausführen“.',
    },
    EPM_AUTHENTICATION_FAILED: {
      why: 'Windows hat die Anmeldung nicht angenommen, oder es war die eines anderen Benutzers.',
      next: 'Starten Sie es erneut, und melden Sie sich als Sie selbst an.',
    },
    EPM_AUTHENTICATION_LIMIT: {
      why: 'Die Anmeldung ist zu oft fehlgeschlagen.',
      next: 'Warten Sie eine Stunde, oder fragen Sie den Support.',
    },
    EPM_AGENT_BUSY: {
      why: 'Es sind zu viele Anfragen offen.',
      next: 'Beantworten oder schließen Sie diese, und starten Sie es dann erneut.',
    },
    EPM_FILE_NOT_FOUND: { why: 'Die Datei ist nicht mehr da.', next: 'Prüfen Sie den Pfad.' },
    EPM_FILE_TOO_LARGE: {
      why: 'Die Datei ist größer, als Ihre Organisation erlaubt.',
      next: 'Fragen Sie den Support.',
    },
    EPM_TICKET_INVALID: {
      why: 'Die Datei oder die Anfrage hat sich geändert, nachdem Sie gefragt wurden.',
      next: 'Starten Sie es erneut.',
    },
    failed: { why: 'Die Anfrage ist fehlgeschlagen.', next: 'Nennen Sie dem Support den Code.' },
  },
};
