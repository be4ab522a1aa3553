/** Charts as SVG, drawn by ECharts without a browser: the page needs no script. */
import { BarChart } from 'echarts/charts';
import { GridComponent, LegendComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Chart, Row } from '../../../audit/reports/report.ts';
import { displayText } from '../../../text/display.ts';

use([BarChart, GridComponent, LegendComponent, SVGRenderer]);

/** Bars that can still be told apart on a screen. */
const MAX_BARS = 15;
const WIDTH = 1100;
const BAR = 26;
const TREND_HEIGHT = 320;
/** Room for the names of bars: without a browser nobody knows how wide a text really is. */
const LABEL_WIDTH = 250;
/** Room for the name of a series in the legend. */
const LEGEND_WIDTH = 210;
/** Wide enough letters everywhere that room is measured for. */
const FONT = 'Arial, sans-serif';

interface ChartTheme {
  readonly text: string;
  readonly line: string;
  readonly series: string[];
}

/** Colours of Okabe and Ito, which people tell apart who see fewer colours, with enough contrast on the two grounds. */
export const THEMES: Readonly<Record<'light' | 'dark', ChartTheme>> = {
  light: {
    text: '#333333',
    line: '#cccccc',
    series: ['#0072b2', '#d55e00', '#007a5a', '#b0508c', '#8a6d00', '#555555'],
  },
  dark: {
    text: '#dddddd',
    line: '#555555',
    series: ['#56b4e9', '#f0903c', '#2fc9a0', '#e39ac5', '#f0e442', '#aaaaaa'],
  },
};

/** @returns an `svg` element whose texts are escaped */
export function drawChart(chart: Chart, rows: readonly Row[], theme: ChartTheme): string {
  const { option, height } = chart.kind === 'bars' ? bars(chart, rows, theme) : trend(chart, rows, theme);
  const drawing = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  try {
    drawing.setOption({ animation: false, color: theme.series, textStyle: { fontFamily: FONT }, ...option });
    return drawing.renderToSVGString();
  } finally {
    drawing.dispose();
  }
}

interface Drawing {
  readonly option: EChartsCoreOption;
  readonly height: number;
}

function bars(chart: Extract<Chart, { kind: 'bars' }>, rows: readonly Row[], theme: ChartTheme): Drawing {
  const shown = rows.slice(0, MAX_BARS);
  const option = {
    grid: { left: LABEL_WIDTH + 16, right: 56, top: 8, bottom: 8, outerBoundsMode: 'none' },
    xAxis: { type: 'value', show: false },
    yAxis: {
      type: 'category',
      inverse: true,
      data: shown.map((row) => displayText(String(row[chart.label] ?? ''), 64)),
      axisLabel: { color: theme.text, width: LABEL_WIDTH, overflow: 'truncate' },
      axisLine: { lineStyle: { color: theme.line } },
      axisTick: { show: false },
    },
    series: [
      {
        type: 'bar',
        data: shown.map((row) => Number(row[chart.value])),
        label: { show: true, position: 'right', color: theme.text },
        barMaxWidth: 18,
      },
    ],
  };
  return { option, height: 16 + BAR * Math.max(1, shown.length) };
}

function trend(chart: Extract<Chart, { kind: 'trend' }>, rows: readonly Row[], theme: ChartTheme): Drawing {
  const times = distinct(rows, chart.at);
  const valueAt = new Map(rows.map((row) => [`${row[chart.at]} ${row[chart.series]}`, Number(row[chart.value])]));
  const axis = {
    axisLabel: { color: theme.text, hideOverlap: true },
    axisLine: { lineStyle: { color: theme.line } },
    splitLine: { lineStyle: { color: theme.line } },
  };
  const option = {
    legend: {
      top: 0,
      left: 48,
      itemGap: 40,
      textStyle: { color: theme.text, width: LEGEND_WIDTH, overflow: 'truncate' },
    },
    grid: { left: 56, right: 8, top: 84, bottom: 32, outerBoundsMode: 'none' },
    xAxis: { type: 'category', data: times.map((time) => time.slice(5, 16).replace('T', ' ')), ...axis },
    yAxis: { type: 'value', minInterval: 1, ...axis },
    // A time in which nothing happened has a row without a series.
    series: distinct(rows, chart.series)
      .filter((name) => name !== '')
      .map((name) => ({
        type: 'bar',
        name,
        stack: 'all',
        data: times.map((time) => valueAt.get(`${time} ${name}`) ?? 0),
      })),
  };
  return { option, height: TREND_HEIGHT };
}

function distinct(rows: readonly Row[], column: string): readonly string[] {
  return [...new Set(rows.map((row) => String(row[column] ?? '')))];
}
