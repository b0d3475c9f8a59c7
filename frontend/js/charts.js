// Draws the chart of <figure data-huiyin-chart="bar|line"> from the table inside it: the table is the data, so nobody
// is shut out, and there is nothing to keep in step. Row headers are categories, further columns are series.
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";

echarts.use([BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, LabelLayout, CanvasRenderer]);

const text = (cell) => cell.textContent.trim();
const property = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function number(cell) {
  const raw = cell.dataset.value ?? text(cell).replace(/[,\s%\u202f\u00a0]/g, "");
  return raw === "" || Number.isNaN(Number(raw)) ? null : Number(raw);
}

function data(table) {
  const heads = [...table.tHead.rows[0].cells].slice(1).map(text);
  const rows = [...table.tBodies[0].rows];
  return {
    categories: rows.map((row) => text(row.cells[0])),
    series: heads.map((name, at) => ({ name, values: rows.map((row) => number(row.cells[at + 1])) })),
  };
}

function options(figure, { categories, series }) {
  const kind = figure.dataset.huiyinChart === "line" ? "line" : "bar";
  const lying = kind === "bar" && figure.dataset.direction !== "up";
  const unit = figure.dataset.unit ?? "";
  const ink = property("--hy-ink");
  const names = {
    type: "category",
    data: categories,
    inverse: lying,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: property("--hy-line") } },
    axisLabel: { color: ink, fontSize: 14, width: lying ? 140 : undefined, overflow: "break" },
  };
  const values = {
    type: "value",
    min: 0,
    axisLabel: { show: kind === "line", color: property("--hy-secondary"), formatter: `{value}${unit}` },
    splitLine: { show: kind === "line", lineStyle: { color: property("--hy-line") } },
  };
  return {
    animation: false,
    aria: { enabled: false }, // the canvas is hidden from readers; the table speaks
    color: ["--hy-brand", "--hy-info", "--hy-due", "--hy-kept"].map(property),
    textStyle: { fontFamily: property("--hy-font") },
    grid: { left: 8, right: 48, top: series.length > 1 ? 36 : 12, bottom: 8, containLabel: true },
    legend: series.length > 1 ? { top: 0, left: 0, textStyle: { color: ink } } : undefined,
    xAxis: lying ? values : names,
    yAxis: lying ? names : values,
    series: series.map(({ name, values: points }) => ({
      name,
      type: kind,
      data: points,
      symbolSize: 7,
      barMaxWidth: 28,
      label: { show: true, position: lying ? "right" : "top", color: ink, fontSize: 14, formatter: `{c}${unit}` },
      labelLayout: { hideOverlap: true },
    })),
  };
}

function download(name, address) {
  const link = document.createElement("a");
  link.download = name;
  link.href = address;
  link.click();
}

function csv(table) {
  const line = (row) => [...row.cells].map((cell) => `"${text(cell).replaceAll('"', '""')}"`).join(",");
  const lines = [...table.rows].map(line).join("\r\n");
  return URL.createObjectURL(new Blob(["\ufeff", lines], { type: "text/csv" }));
}

function draw(figure) {
  const table = figure.querySelector("table");
  const canvas = figure.querySelector(".hy-chart__canvas");
  if (!table?.tHead || !canvas) return;
  const content = data(table);
  canvas.hidden = false;
  const rows = content.categories.length * content.series.length;
  if (figure.dataset.huiyinChart !== "line" && figure.dataset.direction !== "up") {
    canvas.style.height = `${Math.max(8, rows * 2.25 + 2)}rem`;
  }
  const chart = echarts.init(canvas);
  const paint = () => chart.setOption(options(figure, content), true);
  paint();
  new ResizeObserver(() => chart.resize()).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
  const name = figure.dataset.name || "huiyin";
  figure.querySelector("[data-huiyin-png]")?.addEventListener("click", () => {
    download(`${name}.png`, chart.getDataURL({ pixelRatio: 2, backgroundColor: property("--hy-page") }));
  });
  figure.querySelector("[data-huiyin-csv]")?.addEventListener("click", () => download(`${name}.csv`, csv(table)));
}

for (const figure of document.querySelectorAll("figure[data-huiyin-chart]")) draw(figure);
