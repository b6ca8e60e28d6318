import type { Pack, PackTool } from './pack.ts';

function inspect(args: Readonly<Record<string, string>>): PackTool {
  return {
    action: 'inspect',
    tier: 'read_only',
    reach: 'internal',
    args: { repo_path: 'path', ...args },
    returns: '{ trust: untrusted }',
  };
}

export const git: Pack = {
  server: 'mcp-git',
  tools: {
    git_status: inspect({}),
    git_diff_unstaged: inspect({ context_lines: 'number' }),
    git_diff_staged: inspect({ context_lines: 'number' }),
    git_diff: inspect({ target: 'identifier', context_lines: 'number' }),
    git_log: inspect({
      max_count: 'number',
      start_timestamp: 'identifier',
      end_timestamp: 'identifier',
    }),
    git_show: inspect({ revision: 'identifier' }),
    git_branch: inspect({
      branch_type: 'identifier',
      contains: 'identifier',
      not_contains: 'identifier',
    }),
    git_add: {
      action: 'commit',
      tier: 'reversible',
      reach: 'internal',
      args: { repo_path: 'path', files: 'path' },
    },
    git_commit: {
      action: 'commit',
      tier: 'reversible',
      reach: 'internal',
      args: { repo_path: 'path', message: 'content' },
    },
    git_create_branch: {
      action: 'branch',
      tier: 'reversible',
      reach: 'internal',
      args: { repo_path: 'path', branch_name: 'identifier', base_branch: 'identifier' },
    },
    git_checkout: {
      action: 'checkout',
      tier: 'consequential',
      reach: 'internal',
      args: { repo_path: 'path', branch_name: 'identifier' },
      why: 'changes every file of the checkout',
    },
    git_reset: {
      action: 'reset',
      tier: 'irreversible',
      reach: 'internal',
      args: { repo_path: 'path' },
      why: 'what was staged is gone',
    },
  },
};
