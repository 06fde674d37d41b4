export default "sample";
