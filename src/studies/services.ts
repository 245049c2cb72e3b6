import type { StudyContext } from './kind.ts';

/** What a study is given, without what belongs to one experiment. */
export type StudyServices = Omit<StudyContext, 'experiment' | 'folder' | 'steps'>;
