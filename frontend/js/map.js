// Maps: <div class="hy-map" data-huiyin-map data-worker data-lon data-lat data-zoom>. No tiles are fetched unless the
// installation names a style (data-style); without one the map shows outlines (data-outlines, GeoJSON) on a plain ground.
// data-points: GeoJSON address of points, each with properties title and url. data-pick: the two inputs to write into.
import * as maplibre from "maplibre-gl";
import { componentWords } from "./words.js";

const property = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const empty = { type: "FeatureCollection", features: [] };

function plainStyle() {
  return { version: 8, sources: {}, layers: [{ id: "ground", type: "background", paint: { "background-color": property("--hy-panel") } }] };
}

function outlines(map, address) {
  map.addSource("outlines", { type: "geojson", data: address });
  map.addLayer({ id: "outlines", type: "line", source: "outlines", paint: { "line-color": property("--hy-secondary"), "line-width": 1.5 } });
}

function pop(map, point, at) {
  const { title, url } = point.properties;
  const link = document.createElement("a");
  link.className = "govuk-link";
  link.textContent = title;
  if (url) link.href = new URL(url, location.href).href;
  new maplibre.Popup({ focusAfterOpen: true }).setLngLat(at).setDOMContent(link).addTo(map);
}

function points(map, address) {
  map.addSource("points", { type: "geojson", data: address || empty, cluster: true, clusterRadius: 40 });
  map.addLayer({
    id: "points",
    type: "circle",
    source: "points",
    paint: {
      "circle-radius": ["step", ["coalesce", ["get", "point_count"], 1], 8, 2, 14, 20, 20],
      "circle-color": property("--hy-brand"),
      "circle-stroke-color": property("--hy-page"),
      "circle-stroke-width": 2,
    },
  });
  map.on("click", "points", (event) => {
    const [point] = event.features;
    if (point.properties.cluster) map.easeTo({ center: point.geometry.coordinates, zoom: map.getZoom() + 2 });
    else pop(map, point, point.geometry.coordinates);
  });
}

function picker(map, names) {
  const [lon, lat] = names.split(",").map((name) => document.getElementById(name.trim()));
  if (!lon || !lat) return;
  const marker = new maplibre.Marker({ color: property("--hy-brand"), draggable: true });
  const put = ({ lng, lat: north }) => {
    lon.value = lng.toFixed(6);
    lat.value = north.toFixed(6);
    marker.setLngLat([lng, north]).addTo(map);
  };
  if (lon.value && lat.value) marker.setLngLat([Number(lon.value), Number(lat.value)]).addTo(map);
  marker.on("dragend", () => put(marker.getLngLat()));
  map.on("click", (event) => put(event.lngLat));
}

function draw(element) {
  const { worker, lon, lat, zoom, style, points: pointsAt, outlines: outlinesAt, pick } = element.dataset;
  if (worker) maplibre.setWorkerUrl(new URL(worker, location.href).href);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = new maplibre.Map({
    container: element,
    style: style || plainStyle(),
    center: [Number(lon), Number(lat)],
    zoom: Number(zoom || 11),
    attributionControl: style ? { compact: true } : false,
    cooperativeGestures: true,
    fadeDuration: still ? 0 : 200,
    locale: componentWords().map,
  });
  map.addControl(new maplibre.NavigationControl({ showCompass: false }));
  map.on("load", () => {
    if (outlinesAt) outlines(map, outlinesAt);
    if (pointsAt) points(map, pointsAt);
    element.dataset.ready = "yes";
  });
  if (pick) picker(map, pick);
}

for (const element of document.querySelectorAll("[data-huiyin-map]")) draw(element);
