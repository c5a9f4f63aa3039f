import type { MetaJson } from '../../queries/model/wire.ts';
import { api } from '../api.ts';
import { ApiFailed, onSignedOut } from '../transport.ts';

type State = { status: 'loading' } | { status: 'ready'; meta: MetaJson } | { status: 'failed'; message: string } | { status: 'ended' };

/** Who is signed in, and what the server publishes about the model and the data. */
class Session {
  #state = $state.raw<State>({ status: 'loading' });

  get state(): State {
    return this.#state;
  }

  /** What the server publishes, once it is there. */
  get meta(): MetaJson | null {
    return this.#state.status === 'ready' ? this.#state.meta : null;
  }

  /** Whether the role of who is signed in allows an action of `server/auth/roles.ts`; false until that is known. */
  can(action: string): boolean {
    return this.meta?.user.can.includes(action) === true;
  }

  /** Asks for it, at the start and again after data changed. */
  async load(): Promise<void> {
    onSignedOut(() => (this.#state = { status: 'ended' }));
    try {
      this.#state = { status: 'ready', meta: await api.meta() };
    } catch (error) {
      if (this.#state.status === 'ended') return;
      this.#state = {
        status: 'failed',
        message: error instanceof ApiFailed ? error.message : 'The server sent something that could not be read.',
      };
    }
  }

  async signOut(): Promise<void> {
    await api.signOut();
    this.#state = { status: 'ended' };
  }
}

export const session = new Session();
