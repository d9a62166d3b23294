/** An expression as it was written, before it is known what its names mean. */
export type Syntax = Place &
  (
    | { readonly kind: 'literal'; readonly value: Literal }
    | { readonly kind: 'path'; readonly path: string }
    | { readonly kind: 'negative'; readonly operand: Syntax }
    | {
        readonly kind: 'arithmetic';
        readonly operator: ArithmeticOperator;
        readonly left: Syntax;
        readonly right: Syntax;
      }
    | { readonly kind: 'compare'; readonly operator: CompareOperator; readonly left: Syntax; readonly right: Syntax }
    | { readonly kind: 'and' | 'or'; readonly items: readonly Syntax[] }
    | { readonly kind: 'not'; readonly operand: Syntax }
    | { readonly kind: 'in'; readonly operand: Syntax; readonly items: readonly Syntax[]; readonly negated: boolean }
    | {
        readonly kind: 'like';
        readonly operand: Syntax;
        readonly pattern: string;
        /** The character that takes the meaning from a % or _ behind it. */
        readonly escape: string | undefined;
        readonly patternAt: number;
        readonly negated: boolean;
      }
    | {
        readonly kind: 'between';
        readonly operand: Syntax;
        readonly low: Syntax;
        readonly high: Syntax;
        readonly negated: boolean;
      }
    | { readonly kind: 'isNull'; readonly operand: Syntax; readonly negated: boolean }
  );

export interface Place {
  /** Where errors about it point to: an operator's own place, else where the part begins. */
  readonly at: number;
}

export type Literal = null | boolean | number | bigint | string;
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';
export type CompareOperator = '=' | '<>' | '<' | '<=' | '>' | '>=';
