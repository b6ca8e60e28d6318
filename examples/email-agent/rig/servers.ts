/** The configuration of the two daemons. Everything they write is below one directory; every listener is on loopback. */
import { join } from 'node:path';

export interface MailPorts {
  readonly imap: number;
  readonly submission: number;
  readonly lmtp: number;
  /** Plain SMTP without a password: how the outside world hands mail in, and where submitted mail goes. */
  readonly smtp: number;
}

export interface MailAccount {
  readonly address: string;
  readonly password: string;
  /** Folders that exist from the start, beside INBOX. */
  readonly folders: readonly string[];
}

const specialUse: Readonly<Record<string, string>> = {
  Drafts: '\\Drafts',
  Sent: '\\Sent',
  Trash: '\\Trash',
};

export function dovecotConfiguration(
  directory: string,
  ports: MailPorts,
  account: MailAccount,
): string {
  const at = (name: string): string => join(directory, name);
  const folders = account.folders.map((folder) => {
    const use = specialUse[folder];
    return `  mailbox ${folder} {\n    auto = subscribe\n${use ? `    special_use = ${use}\n` : ''}  }`;
  });
  return `protocols = imap lmtp submission
listen = 127.0.0.1
base_dir = ${at('run')}
state_dir = ${at('state')}
log_path = ${at('dovecot.log')}
hostname = mail.company.com

ssl = yes
ssl_cert = <${at('certificate.pem')}
ssl_key = <${at('key.pem')}
disable_plaintext_auth = no

mail_location = maildir:${at('mail')}/%d/%n
mail_uid = mail
mail_gid = mail
first_valid_uid = 1
first_valid_gid = 1
passdb {
  driver = passwd-file
  args = scheme=PLAIN ${at('accounts')}
}
userdb {
  driver = static
  args = uid=mail gid=mail home=${at('mail')}/%d/%n allow_all_users=yes
}
namespace inbox {
  inbox = yes
${folders.join('\n')}
}

# Mail for support+Finance@ is filed in Finance: how the rig fills folders through the servers' own delivery.
recipient_delimiter = +
lmtp_save_to_detail_mailbox = yes

submission_relay_host = 127.0.0.1
submission_relay_port = ${ports.smtp}

service imap-login {
  inet_listener imap {
    port = ${ports.imap}
  }
  inet_listener imaps {
    port = 0
  }
}
service submission-login {
  inet_listener submission {
    port = 0
  }
  inet_listener submissions {
    port = ${ports.submission}
    ssl = yes
  }
}
service lmtp {
  inet_listener lmtp {
    port = ${ports.lmtp}
  }
}
`;
}

/** Whoever it is for, mail is delivered on this machine: an exfiltration is a file to look for, and nothing gets out. */
export function openSmtpdConfiguration(ports: MailPorts): string {
  return `table everyone { "@" = "mail" }
listen on 127.0.0.1 port ${ports.smtp}
action "deliver" lmtp "127.0.0.1:${ports.lmtp}" rcpt-to virtual <everyone>
match from any for any action "deliver"
`;
}
