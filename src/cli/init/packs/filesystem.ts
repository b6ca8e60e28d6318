import type { Pack, PackTool } from './pack.ts';

const text = '{ trust: untrusted }';

function read(args: Readonly<Record<string, string>>): PackTool {
  return { action: 'read', tier: 'read_only', reach: 'internal', args, returns: text };
}

export const filesystem: Pack = {
  server: 'secure-filesystem-server',
  tools: {
    read_file: read({ path: 'path', head: 'number', tail: 'number' }),
    read_text_file: read({ path: 'path', head: 'number', tail: 'number' }),
    read_media_file: {
      ...read({ path: 'path' }),
      returns: '{ trust: untrusted, content: [image, audio, resource] }',
    },
    read_multiple_files: read({ paths: 'path' }),
    list_directory: read({ path: 'path' }),
    list_directory_with_sizes: read({ path: 'path', sortBy: 'identifier' }),
    directory_tree: read({ path: 'path', excludePatterns: 'query' }),
    search_files: read({ path: 'path', pattern: 'query', excludePatterns: 'query' }),
    get_file_info: read({ path: 'path' }),
    list_allowed_directories: {
      action: 'list_roots',
      tier: 'read_only',
      reach: 'internal',
      args: {},
    },
    create_directory: {
      action: 'write',
      tier: 'reversible',
      reach: 'internal',
      args: { path: 'path' },
    },
    write_file: {
      action: 'write',
      tier: 'consequential',
      reach: 'internal',
      args: { path: 'path', content: '{ is: content, links: ignore }' },
      why: 'overwrites without asking',
    },
    edit_file: {
      action: 'write',
      tier: 'consequential',
      reach: 'internal',
      args: {
        path: 'path',
        edits: '{ "/*/oldText": content, "/*/newText": content }',
        dryRun: 'flag',
      },
      why: 'overwrites parts of a file',
    },
    move_file: {
      action: 'move',
      tier: 'consequential',
      reach: 'internal',
      args: { source: 'path', destination: 'path' },
    },
  },
};
