/**
 * Bodies of webhooks. What users and files say goes only where the service reads no markup: in Teams into TextRun, in Slack
 * into plain_text. So a reason such as `<!channel>` or `[text](https://…)` is nothing but its characters.
 */
import type { NotificationPayload } from '../agent/notifications/payload.ts';
import type { WebhookFormat } from '../model/notification.ts';
import { asciiJson } from '../text/ascii-json.ts';
import { messageText } from './message-text.ts';

/** Slack: at most 2,000 characters in a field of a section, and 10 fields ("Section block"). */
const SLACK_FIELDS = 10;

const WRITERS: Readonly<Record<WebhookFormat, (payload: NotificationPayload) => object>> = {
  generic: (payload) => payload,
  teams: adaptiveCard,
  slack: slackBlocks,
};

/** JSON in ASCII. */
export function webhookBody(format: WebhookFormat, payload: NotificationPayload): string {
  return asciiJson(WRITERS[format](payload));
}

/**
 * An Adaptive Card as a Workflows webhook takes it (Microsoft Learn, "Create incoming webhooks with Workflows"). TextRun
 * "does not support Markdown" (adaptivecards.io, TextRun); TextBlock and FactSet do, so they hold fixed words only.
 */
function adaptiveCard(payload: NotificationPayload): object {
  const { title, rows } = messageText(payload);
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      { type: 'TextBlock', size: 'Medium', weight: 'Bolder', text: title, wrap: true },
      ...rows.map(([label, text]) => ({
        type: 'RichTextBlock',
        inlines: [
          { type: 'TextRun', text: `${label}: `, weight: 'Bolder' },
          { type: 'TextRun', text },
        ],
      })),
    ],
  };
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  };
}

/** Slack, "Incoming webhooks" and "Text object": plain_text is shown as it is, and with `emoji` false `:name:` too. */
function slackBlocks(payload: NotificationPayload): object {
  const { title, rows } = messageText(payload);
  const plain = (text: string): object => ({ type: 'plain_text', emoji: false, text });
  const parts = Array.from({ length: Math.ceil(rows.length / SLACK_FIELDS) }, (_, index) =>
    rows.slice(index * SLACK_FIELDS, (index + 1) * SLACK_FIELDS),
  );
  return {
    // For what cannot show blocks; fixed words only.
    text: title,
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'header', text: plain(title) },
      ...parts.map((part) => ({ type: 'section', fields: part.map(([label, text]) => plain(`${label}: ${text}`)) })),
    ],
  };
}
