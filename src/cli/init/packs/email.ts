import type { Pack, PackTool } from './pack.ts';

const account = { account_name: 'identifier' };
const body = { subject: 'content', body: 'content', html: 'flag' };
const people = { recipients: 'recipient', cc: 'recipient', bcc: 'recipient' };
/** Files of the server's own host: any readable file could leave with a mail. */
const attachments = { attachments: '{ is: path, absent: none }' };
const thread = { in_reply_to: 'identifier', references: 'identifier' };
const mails = { ...account, email_ids: 'identifier', mailbox: 'folder' };
const listed =
  'items: /emails, each: { /sender: sender, "/recipients/*": recipient }, subject: [/sender, "/recipients/*"]';

function tool(
  action: string,
  tier: PackTool['tier'],
  reach: PackTool['reach'],
  args: Readonly<Record<string, string>>,
  why?: string,
): PackTool {
  return { action, tier, reach, args, ...(why === undefined ? {} : { why }) };
}

export const email: Pack = {
  server: 'email',
  tools: {
    list_available_accounts: tool('list_accounts', 'read_only', 'internal', {}),
    list_email_tags: tool('list_tags', 'read_only', 'internal', account),
    list_allowed_recipients: tool('list_accounts', 'read_only', 'internal', {}),
    list_allowed_senders: tool('list_accounts', 'read_only', 'internal', {}),
    list_mailboxes: {
      ...tool('list_folders', 'read_only', 'internal', {
        ...account,
        pattern: 'query',
        reference: 'query',
      }),
      returns: '{ trust: trusted, items: /result, each: { /name: folder } }',
    },
    list_emails_metadata: {
      ...tool('read', 'read_only', 'internal', {
        ...account,
        page: 'number',
        page_size: 'number',
        before: 'date',
        since: 'date',
        subject: 'query',
        from_address: 'query',
        to_address: 'query',
        order: 'identifier',
        mailbox: 'folder',
        seen: 'flag',
        flagged: 'flag',
        answered: 'flag',
        body: 'query',
        text: 'query',
        has_attachment: 'flag',
        semantic_tags: 'query',
        tag_match: 'identifier',
      }),
      returns: `{ trust: untrusted, classes: [customer_data], ${listed}, counts: [/total] }`,
    },
    get_emails_content: {
      ...tool(
        'read_and_mark',
        'reversible',
        'internal',
        { ...mails, mark_as_read: 'flag', body_offset: 'number', max_body_length: 'number' },
        'can mark mail as read, and so hide it from people',
      ),
      returns: `{ trust: untrusted, classes: [customer_data], ${listed}, counts: [/retrieved_count], success: size(result.failed_ids) == 0 }`,
    },
    save_draft: tool('draft', 'consequential', 'internal', {
      ...account,
      ...body,
      ...people,
      ...attachments,
      ...thread,
    }),
    send_email: tool('send', 'irreversible', 'external', {
      ...account,
      ...people,
      ...body,
      ...attachments,
      ...thread,
      reply_to: 'recipient',
    }),
    forward_email: tool('forward', 'irreversible', 'external', {
      ...account,
      email_id: 'identifier',
      ...people,
      source_mailbox: 'folder',
      body: 'content',
      include_attachments: 'flag',
    }),
    save_to_mailbox: tool(
      'plant',
      'consequential',
      'internal',
      {
        ...account,
        ...people,
        ...body,
        mailbox: 'folder',
        ...attachments,
        ...thread,
        flags: 'identifier',
      },
      'puts a mail that nobody sent into any folder',
    ),
    delete_emails: tool('delete', 'irreversible', 'internal', mails),
    set_email_flags: tool('mark', 'reversible', 'internal', {
      ...mails,
      operation: 'identifier',
      flags: 'identifier',
    }),
    set_email_tags: tool('mark', 'reversible', 'internal', {
      ...mails,
      operation: 'identifier',
      tags: 'identifier',
    }),
    mark_emails_as_read: tool('mark', 'reversible', 'internal', mails),
    move_emails: tool('move', 'consequential', 'internal', {
      ...account,
      email_ids: 'identifier',
      destination_mailbox: 'folder',
      source_mailbox: 'folder',
      destination_role: 'identifier',
    }),
    archive_emails: tool('move', 'consequential', 'internal', mails),
    create_mailbox: tool('create_folder', 'reversible', 'internal', {
      ...account,
      mailbox: 'folder',
    }),
    get_attachment_content: {
      ...tool('read_attachment', 'read_only', 'internal', {
        ...account,
        email_id: 'identifier',
        attachment_name: 'identifier',
        mailbox: 'folder',
      }),
      returns: '{ trust: untrusted, classes: [customer_data], content: [image, audio, resource] }',
    },
    download_attachment: tool(
      'save_attachment',
      'consequential',
      'internal',
      {
        ...account,
        email_id: 'identifier',
        attachment_name: 'identifier',
        mailbox: 'folder',
        save_path: '{ is: path, absent: none }',
      },
      'writes a file on the server’s host',
    ),
    email_command: tool(
      'raw_protocol',
      'irreversible',
      'external',
      { ...account, protocol: 'identifier', commands: 'content' },
      'raw IMAP and SMTP: every tool at once',
    ),
  },
};
