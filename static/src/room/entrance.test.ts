import { expect, test } from 'vitest';
import { consoleAddress, entranceOf, signInAddress } from './entrance';

function at(address: string) {
  const { pathname, search, hash } = new URL(address, 'https://meet.example.kr');
  return entranceOf({ pathname, search, hash });
}

test('a link, the staff, and nothing are told apart', () => {
  expect(at('/j/abc#secret')).toEqual({ by: 'link', link: { id: 'abc', secret: 'secret' } });
  expect(at('/console')).toEqual({ by: 'staff', event: null, problem: null });
  expect(at('/sign-in/')).toEqual({ by: 'staff', event: null, problem: null });
  expect(at('/')).toEqual({ by: 'nothing' });
  expect(at('/consoles')).toEqual({ by: 'nothing' });
  expect(at('/j/abc')).toEqual({ by: 'nothing' });
});

test('an event stands in the address and is found again', () => {
  expect(at(consoleAddress('a b&c'))).toEqual({ by: 'staff', event: 'a b&c', problem: null });
  expect(at(signInAddress('fair', 'sign_in_needed'))).toEqual({
    by: 'staff',
    event: 'fair',
    problem: 'sign_in_needed',
  });
  expect(at(signInAddress(null, 'sign_in_wrong'))).toEqual({
    by: 'staff',
    event: null,
    problem: 'sign_in_wrong',
  });
});
