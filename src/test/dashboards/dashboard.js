// Draws one dashboard as Grafana lays it out, each panel by Grafana's own components, with what a Prometheus
// answers to the panel's queries. What a Grafana adds around it (menus, variables, refreshing) is not here.
import {
  applyFieldOverrides,
  createTheme,
  dateTime,
  FieldType,
  getFieldDisplayValues,
  toDataFrame,
} from '@grafana/data';
import { LegendDisplayMode, TooltipDisplayMode } from '@grafana/schema';
import { BigValue, GlobalStyles, PanelChrome, PortalContainer, ThemeContext, TimeSeries } from '@grafana/ui';
import { createElement as h } from 'react';
import { createRoot } from 'react-dom/client';

const COLUMNS = 24;
const ROW = 38;
const GAP = 8;
const WIDTH = 1400;
const POINTS = 120;

const parameters = new URLSearchParams(location.search);
const theme = createTheme({ colors: { mode: 'light' } });
const replaceVariables = (text) => text.replaceAll('$stage', '.*').replaceAll('$__all', '.*');

async function answer(definition, target, from, to) {
  const step = Math.max(1, Math.round((to - from) / 1000 / POINTS));
  const query = new URLSearchParams({
    query: replaceVariables(target.expr),
    start: from / 1000,
    end: to / 1000,
    step,
  });
  const response = await fetch(`/api/v1/query_range?${query}`);
  const body = await response.json();
  if (body.status !== 'success') {
    throw new Error(`${target.expr}: ${body.error}`);
  }
  return body.data.result.map((series) => frame(definition, target, series));
}

function frame(definition, target, series) {
  const name = (target.legendFormat ?? '').replace(/{{\s*(\w+)\s*}}/g, (_, label) => series.metric[label] ?? '');
  return toDataFrame({
    name,
    refId: target.refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: series.values.map(([time]) => time * 1000), config: {} },
      {
        name: 'Value',
        type: FieldType.number,
        values: series.values.map(([, value]) => (value === 'NaN' ? null : Number(value))),
        labels: series.metric,
        // The colours that Grafana takes where a dashboard says nothing of them.
        config: { color: { mode: 'palette-classic' }, ...definition.fieldConfig.defaults, displayNameFromDS: name },
      },
    ],
  });
}

async function panel(definition, from, to) {
  const answers = await Promise.all(definition.targets.map((target) => answer(definition, target, from, to)));
  const fieldConfig = { defaults: {}, overrides: [] };
  const frames = applyFieldOverrides({
    data: answers.flat(),
    fieldConfig,
    replaceVariables,
    theme,
    timeZone: 'utc',
  });
  const { x, y, w, h: height } = definition.gridPos;
  const width = (w * (WIDTH + GAP)) / COLUMNS - GAP;
  const box = {
    position: 'absolute',
    left: (x * (WIDTH + GAP)) / COLUMNS,
    top: y * ROW,
  };
  return h(
    'div',
    { key: definition.id, style: box, className: 'panel' },
    h(PanelChrome, {
      title: definition.title,
      width,
      height: height * ROW - GAP,
      children: (innerWidth, innerHeight) => body(definition, frames, innerWidth, innerHeight, from, to),
    }),
  );
}

function body(definition, frames, width, height, from, to) {
  if (frames.length === 0) {
    return h('div', { style: { padding: 16 } }, 'No data');
  }
  return definition.type === 'stat' ? stat(definition, frames, width, height) : lines(frames, width, height, from, to);
}

function stat(definition, frames, width, height) {
  const values = getFieldDisplayValues({
    fieldConfig: { defaults: {}, overrides: [] },
    reduceOptions: { calcs: ['lastNotNull'], values: false },
    replaceVariables,
    theme,
    data: frames,
    timeZone: 'utc',
  });
  return h(
    'div',
    { style: { display: 'flex' } },
    values.map((value, index) =>
      h(BigValue, {
        key: index,
        count: values.length,
        value: value.display,
        width: width / values.length,
        height,
        theme,
        colorMode: definition.options.colorMode,
        graphMode: 'none',
        justifyMode: 'auto',
        textMode: definition.options.textMode,
      }),
    ),
  );
}

function lines(frames, width, height, from, to) {
  return h(TimeSeries, {
    frames,
    width,
    height,
    timeRange: { from: dateTime(from), to: dateTime(to), raw: { from: dateTime(from), to: dateTime(to) } },
    timeZone: 'utc',
    legend: {
      displayMode: LegendDisplayMode.List,
      placement: 'bottom',
      showLegend: true,
      calcs: [],
    },
    options: { tooltip: { mode: TooltipDisplayMode.None } },
  });
}

async function draw() {
  const dashboard = await (await fetch(`/dashboards/${parameters.get('dashboard')}.json`)).json();
  const to = Number(parameters.get('end'));
  const from = to - Number(parameters.get('minutes')) * 60_000;
  const panels = await Promise.all(dashboard.panels.map((definition) => panel(definition, from, to)));
  const height = Math.max(...dashboard.panels.map(({ gridPos }) => (gridPos.y + gridPos.h) * ROW));
  const root = document.getElementById('dashboard');
  root.style = `position: relative; width: ${WIDTH}px; height: ${height}px; margin: ${GAP}px`;
  createRoot(root).render(
    h(ThemeContext.Provider, { value: theme }, h(GlobalStyles), h(PortalContainer), panels),
  );
  await document.fonts.ready;
  const drawn = () =>
    document.querySelectorAll('.panel').length === dashboard.panels.length
      ? (document.body.dataset.drawn = 'true')
      : requestAnimationFrame(drawn);
  requestAnimationFrame(drawn);
}

draw().catch((error) => {
  document.body.dataset.failed = error.stack;
});
