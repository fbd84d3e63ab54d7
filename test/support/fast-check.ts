/** Set-up of every test file: a list whose greatest length is given really gets that long. By itself fast-check stops at ten items. */
import fc from 'fast-check';

fc.configureGlobal({ defaultSizeToMaxWhenMaxSpecified: true });
