import { Text } from '../text/text.tsx';

/** A sentence of Sallyport's own: what stands in backticks is a word of the policy or of a tool, and looks like one. */
export function Sentence({ text }: { readonly text: string }) {
  return (
    <>
      {text.split(/`([^`]+)`/).map((part, index) =>
        index % 2 === 1 ? (
          <code key={index}>
            <Text text={part} />
          </code>
        ) : (
          part !== '' && <Text key={index} text={part} />
        ),
      )}
    </>
  );
}
