/**
 * A plan for each task, made of the task's own ground truth: what an opener that knew exactly what will be needed would
 * narrow the run to. Nobody knows that beforehand, so what it reaches is a ceiling.
 */
import type { MeasuredPolicy, Plan } from './policy.ts';
import type { Suite, Task } from './suite.ts';

export function withPlans(measured: MeasuredPolicy, suite: Suite): MeasuredPolicy {
  return {
    ...measured,
    plans: new Map(suite.tasks.map((task) => [task.prompt, planOf(task, measured)])),
  };
}

function planOf({ calls }: Task, { tools }: MeasuredPolicy): Plan {
  const actions = calls.flatMap(({ tool: name }) => {
    const tool = tools.get(name);
    return tool === undefined ? [] : [`${tool.upstream}.${tool.action}`];
  });
  return [...new Set(actions)].toSorted();
}
