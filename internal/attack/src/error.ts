/** Every reason the attack run itself fails for. */
export type AttackErrorCode =
  /** An honest call does not work either. */
  'ATTACK_NOTHING_WORKS';
