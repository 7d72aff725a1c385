/** The gallery: every page on fake models, by name in the query. Not part of the built client. */
import { render } from 'preact';
import { App } from '../../src/pages/app';
import { scenes } from './scenes';

const root = document.getElementById('app');
const name = new URLSearchParams(window.location.search).get('scene') ?? '';
const scene = scenes[name];
if (root && scene) {
  render(<App visit={scene()} />, root);
} else {
  document.body.textContent = Object.keys(scenes).join(' ');
}
