import { chromium } from 'playwright-core'; import fs from 'node:fs';
import axe from 'axe-core';
const base=fs.readFileSync('/tmp/webdev/url','utf8');
const key=JSON.parse(fs.readFileSync('/var/cache/hansard/stacks/943aaf9c/stack.json')).env.HANSARD_KEY;
const out='/tmp/webdev/shots'; fs.mkdirSync(out,{recursive:true});
const [,, which='all', doAxe='axe']=process.argv;
const browser=await chromium.launch({executablePath:'/usr/bin/chromium',args:['--headless','--no-sandbox','--disable-gpu','--mute-audio']});
for (const [lang,theme,width] of [['en','light',1440],['zh','dark',1440],['en','dark',390],['zh','light',390]]) {
  if(which!=='all'&&which!==`${lang}-${theme}-${width}`) continue;
  const ctx=await browser.newContext({locale:lang==='en'?'en-GB':'zh-CN',colorScheme:theme,viewport:{width,height:width===390?844:900},hasTouch:width===390});
  const page=await ctx.newPage();
  page.on('console',m=>{if(m.type()!=='debug')console.log(lang,width,'console',m.type(),m.text().slice(0,300));}); page.on('pageerror',e=>console.log('pageerror',e.message.slice(0,400)));
  const shot=async(name)=>{ await page.waitForTimeout(350); await page.screenshot({path:`${out}/${name}-${lang}-${theme}-${width}.png`});
    if(doAxe==='axe'){const s=await ctx.newCDPSession(page); await s.send('Runtime.evaluate',{expression:axe.source}); const {violations}=await page.evaluate('axe.run()'); for(const v of violations) console.log(name,lang,theme,width,v.impact,v.id,v.nodes.slice(0,2).map(n=>n.html.slice(0,160)+' '+(n.any[0]?.message??'').slice(0,120)).join(' || '));
    const wide=await page.evaluate('document.documentElement.scrollWidth-innerWidth'); if(wide>0)console.log(name,'OVERFLOW',wide); await s.detach();} };
  await page.goto(base); await page.locator('input[type=password]').waitFor(); await shot('signin');
  await page.locator('input[type=password]').fill(key); await page.keyboard.press('Enter');
  await page.locator('table.jobs, .empty').first().waitFor(); await shot('library');
  await page.locator('input[type=file]').setInputFiles('/tmp/wt/web/local/samples/planning-meeting.flac'); await page.locator('.dialog').waitFor(); await shot('submit'); await page.keyboard.press('Escape');
  await page.locator('.job-title').first().click(); await page.locator('.glance, .progress').first().waitFor(); await page.waitForTimeout(600); await shot('job');
  if(await page.locator('.glance').count()){
    await page.locator('.chip').first().click(); await page.waitForTimeout(500); await page.evaluate("document.querySelector('audio').pause()"); if(width===390){await page.getByRole('tab').nth(1).click();} await shot('cited');
    await page.getByRole('tab').nth(width===390?2:1).click(); await shot('speakers');
    await page.getByRole('tab').nth(width===390?3:2).click(); await shot('about');
  }
  await page.goto(base+'/#/keys'); await page.locator('table.keys').waitFor(); await shot('keys');
  await ctx.close();
}
await browser.close();
