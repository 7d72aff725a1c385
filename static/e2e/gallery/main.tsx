/** The gallery: every page on fake models, by name in the query. Not part of the built client. */
import { render } from 'preact';
import { App } from '../../src/pages/app';
import { scenes } from './scenes';
import { touched } from './touches';

const root = document.getElementById('app');
const name = new URLSearchParams(window.location.search).get('scene') ?? '';
const scene = scenes[name];
if (root && scene) {
  document.documentElement.dataset.touched = 'no';
  render(<App visit={scene()} />, root);
  void touched(name).finally(() => {
    document.documentElement.dataset.touched = 'yes';
  });
} else {
  document.body.textContent = Object.keys(scenes).join(' ');
}
