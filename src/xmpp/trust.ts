/** Whether a server's certificate is trusted, and what a person is asked when it doesn't validate (FEATURES, C1). */
import { XmppError } from './errors.ts';
import type { CertificateFacts, CertificateProblem } from './ports.ts';

/** What a person is asked before any password is sent. */
export interface CertificateQuestion {
  readonly domain: string;
  readonly certificate: CertificateFacts;
  /** Another key was accepted for this account before: this may be somebody in between. */
  readonly changed: boolean;
  /** One sentence per problem, for a person. */
  readonly reasons: readonly string[];
}

export interface TrustOptions {
  /** The public key (hex) that the person accepted for this account earlier. */
  readonly pinned?: string;
  /** The domain's certificate validated once: from then on nothing less is offered. */
  readonly validatedBefore?: boolean;
  /** Asks the person; without it nothing but a valid or pinned certificate is trusted. */
  readonly decideCertificate?: (question: CertificateQuestion) => Promise<boolean>;
  /** The person accepted this key: keep it with the account. */
  readonly onPinned?: (publicKey: string) => void;
  /** The certificate validated: keep that with the account. */
  readonly onValidated?: () => void;
}

function sentence(
  problem: CertificateProblem,
  domain: string,
  { names, validFrom, validTo }: CertificateFacts,
): string {
  const day = (time: number): string =>
    Number.isFinite(time) ? new Date(time).toISOString().slice(0, 10) : 'an unknown day';
  switch (problem) {
    case 'self-signed':
      return 'The server vouches for itself: nobody else does.';
    case 'unknown-issuer':
      return 'Nobody whom this computer trusts vouches for the server.';
    case 'wrong-name':
      return `The certificate is for ${names.length > 0 ? names.join(', ') : 'another name'}, not for ${domain}.`;
    case 'expired':
      return `The certificate was valid until ${day(validTo)}.`;
    case 'not-yet-valid':
      return `The certificate is valid from ${day(validFrom)} on. Is this computer's clock right?`;
    case 'other':
      return 'The certificate could not be checked.';
  }
}

/** A check that remembers, while the program runs, what was accepted. It rejects with an XmppError `certificate`. */
export function createTrust(domain: string, options: TrustOptions): (facts: CertificateFacts) => Promise<void> {
  let pinned = options.pinned;
  let validated = options.validatedBefore === true;
  return async (facts) => {
    if (facts.problems.length === 0) {
      validated = true;
      options.onValidated?.();
      return;
    }
    if (pinned !== undefined && pinned === facts.publicKey) return;
    const reasons = facts.problems.map((problem) => sentence(problem, domain, facts));
    if (validated) {
      const advice = `It was valid before, so someone may be in between. Try another network, or ask those who run ${domain}.`;
      throw new XmppError('certificate', `${reasons.join(' ')} ${advice}`);
    }
    const question = { domain, certificate: facts, changed: pinned !== undefined, reasons };
    const accepted = await options.decideCertificate?.(question);
    if (accepted !== true) {
      throw new XmppError(
        'certificate',
        `The certificate of ${domain} was not accepted, so Limn did not sign in. ${reasons.join(' ')}`,
      );
    }
    pinned = facts.publicKey;
    options.onPinned?.(facts.publicKey);
  };
}
