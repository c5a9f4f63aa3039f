import { z } from 'zod';

/** How customers are asked how satisfied they are. */
export interface SatisfactionConfig {
  /** Whether the question is mailed as soon as a case is resolved, where mail can be sent and the case has an address. */
  asksAtResolution: boolean;
  question: string;
  message: string;
  /** How many days a link works. */
  days: number;
}

/** `satisfaction:` of the configuration. */
export const satisfactionSchema = z.strictObject({
  ask_at_resolution: z
    .boolean()
    .default(false)
    .describe('Whether the question is mailed as soon as a case that was entered here is resolved; else somebody asks on its page.'),
  question: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .default('How satisfied are you with how we dealt with it?')
    .describe('The question, answered from 1, very dissatisfied, to 5, very satisfied.'),
  message: z
    .string()
    .trim()
    .max(1000)
    .default('We have given you our answer and would like to know how we did.')
    .describe('What a mail says above the question.'),
  days: z.int().min(1).max(365).default(30).describe('How many days the link of a question works.'),
});

/** What holds where the configuration says nothing. */
export const defaultSatisfaction: SatisfactionConfig = satisfactionOf(satisfactionSchema.parse({}));

/** The configuration as the program uses it. */
export function satisfactionOf({ ask_at_resolution, ...rest }: z.output<typeof satisfactionSchema>): SatisfactionConfig {
  return { asksAtResolution: ask_at_resolution, ...rest };
}
