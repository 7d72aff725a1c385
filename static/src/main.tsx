import { render } from 'preact';
import { App } from './pages/app';
import { visit } from './room/visit';

const root = document.getElementById('app');
if (root) render(<App visit={visit(window)} />, root);
