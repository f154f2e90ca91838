import { buildPrograms, DeviceBoard, TARGETS } from "./device/board-run.ts";
const t0=Date.now();
const { bundles, remove } = await buildPrograms("requester");
console.log("built", Date.now()-t0, bundles.requester!.minifiedBytes);
for (const target of TARGETS) { if (target.skip) continue;
  let t=Date.now();
  const board = await DeviceBoard.start(target);
  console.log(target, "start", Date.now()-t); t=Date.now();
  console.log(await board.load(bundles.requester!, target.form), Date.now()-t); t=Date.now();
  console.log(await board.ask("look()"), Date.now()-t); t=Date.now();
  console.log(JSON.stringify(await board.call("ask", [{options:{url:"http://127.0.0.1:1/"}}])), Date.now()-t); t=Date.now();
  console.log(await board.ask("look()"), Date.now()-t);
  console.log(board.complaints());
  await board.stop();
}
await remove();
